//! `nginx -v`, `-t`, `-T`, `-s`: what the server's own program says of its settings; it serves elsewhere.

use super::{Arguments, Call, Outcome};

/// `nginx -v`, `nginx -t`, `nginx -s reload`.
pub fn nginx(call: &mut Call<'_>) -> Outcome {
    const FINE: &str = "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n";
    let version = call.container.image.full_version();
    // The files that it is to read may stand before what it is asked.
    let asked = ["-v", "-V", "-t", "-tq", "-T", "-s", "-h", "-?"];
    match call.words.arguments().iter().map(String::as_str).find(|word| asked.contains(word)) {
        Some("-h" | "-?") => call.err.push_str(&format!("nginx version: nginx/{version}\nUsage: nginx [-?hvVtTq] [-s signal] [-p prefix] [-e filename] [-c filename] [-g directives]\n")),
        Some("-v" | "-V") => call.err.push_str(&format!("nginx version: nginx/{version}\n")),
        Some("-t" | "-tq" | "-T") if call.container.web_refusal(call.cluster).is_some() => {
            let why = call.container.web_refusal(call.cluster).unwrap_or_default();
            call.err.push_str(&format!("nginx: [emerg] {why}\nnginx: configuration file /etc/nginx/nginx.conf test failed\n"));
            return Outcome::Exit(1);
        }
        Some("-t") => call.err.push_str(FINE),
        Some("-T") => {
            call.err.push_str(FINE);
            let folder = call.container.list(call.cluster, "/etc/nginx/conf.d").unwrap_or_default();
            let more = folder.into_iter().map(|file| format!("/etc/nginx/conf.d/{}", file.0));
            for path in std::iter::once("/etc/nginx/nginx.conf".to_string()).chain(more) {
                let text = call.read(&path).unwrap_or_default();
                call.out.push_str(&format!("# configuration file {path}:\n{text}\n"));
            }
        }
        Some("-s" | "-tq") => {}
        _ => return Outcome::Serves,
    }
    Outcome::Exit(0)
}
