//! Powers, logarithms and angles, the same on every machine: sums of series in twice the digits of a number.

/// A number as a sum of two, the second far smaller than the first.
#[derive(Clone, Copy)]
struct Twin(f64, f64);

const LN_2: Twin = Twin(std::f64::consts::LN_2, 2.319_046_813_846_299_6e-17);
const HALF_PI: Twin = Twin(std::f64::consts::FRAC_PI_2, 6.123_233_995_736_766e-17);
const ZERO: Twin = Twin(0.0, 0.0);
const ONE: Twin = Twin(1.0, 0.0);

/// Both halves of a number's digits.
fn halves(number: f64) -> (f64, f64) {
    let shifted = 134_217_729.0 * number;
    let high = shifted - (shifted - number);
    (high, number - high)
}

impl Twin {
    fn plus(self, other: Twin) -> Twin {
        let sum = self.0 + other.0;
        let part = sum - self.0;
        let rest = (self.0 - (sum - part)) + (other.0 - part) + self.1 + other.1;
        Twin(sum, 0.0).settled(rest)
    }

    fn times(self, other: Twin) -> Twin {
        let product = self.0 * other.0;
        let ((a, b), (c, d)) = (halves(self.0), halves(other.0));
        let rest = ((a * c - product) + a * d + b * c) + b * d + (self.0 * other.1 + self.1 * other.0);
        Twin(product, 0.0).settled(rest)
    }

    fn over(self, other: Twin) -> Twin {
        let first = self.0 / other.0;
        let rest = self.plus(other.times(Twin(-first, 0.0)));
        let second = rest.0 / other.0;
        let rest = rest.plus(other.times(Twin(-second, 0.0)));
        Twin(first, 0.0).settled(second).plus(Twin(rest.0 / other.0, 0.0))
    }

    fn settled(self, rest: f64) -> Twin {
        let sum = self.0 + rest;
        Twin(sum, rest - (sum - self.0))
    }

    fn minus(self) -> Twin {
        Twin(-self.0, -self.1)
    }

    fn number(self) -> f64 {
        self.0 + self.1
    }
}

/// `1/first + x/(…) + …`: a sum of `power / factor`, with what the power and the factor go on by.
fn series(first: Twin, by: Twin, mut factors: impl FnMut(f64) -> f64, terms: u32) -> Twin {
    let (mut power, mut sum, mut divisor) = (first, first, 1.0);
    for term in 1..=terms {
        divisor *= factors(f64::from(term));
        power = power.times(by);
        sum = sum.plus(power.over(Twin(divisor, 0.0)));
    }
    sum
}

/// `2^power`, for what a number can hold.
fn two_to(power: i32) -> f64 {
    let bits = u64::try_from(power.clamp(-1022, 1023) + 1023).unwrap_or(0);
    f64::from_bits(bits << 52)
}

fn exp_of(value: Twin) -> f64 {
    if !(-746.0..=710.0).contains(&value.0) {
        return if value.0 > 0.0 { f64::INFINITY } else { 0.0 };
    }
    let power = (value.0 / LN_2.0).round();
    let rest = value.plus(LN_2.times(Twin(-power, 0.0))).times(Twin(1.0 / 256.0, 0.0));
    let mut result = series(ONE, rest, |term| term, 11);
    for _ in 0..8 {
        result = result.times(result);
    }
    let power = power as i32;
    result.number() * two_to(power / 2) * two_to(power - power / 2)
}

/// The natural logarithm of what is above nothing.
fn log_of(number: f64) -> Twin {
    let (number, shift) = if number < two_to(-1000) { (number * two_to(60), -60) } else { (number, 0) };
    let bits = number.to_bits();
    let mut power = i32::try_from(bits >> 52).unwrap_or(0) - 1023;
    let mut rest = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    if rest > std::f64::consts::SQRT_2 {
        rest /= 2.0;
        power += 1;
    }
    let part = Twin(rest, 0.0).plus(Twin(-1.0, 0.0)).over(Twin(rest, 0.0).plus(ONE));
    let square = part.times(part);
    let (mut power_of, mut sum) = (part, part);
    for term in 1..24 {
        power_of = power_of.times(square);
        sum = sum.plus(power_of.over(Twin(f64::from(2 * term + 1), 0.0)));
    }
    sum.plus(sum).plus(LN_2.times(Twin(f64::from(power + shift), 0.0)))
}

/// Sine and cosine.
fn angle(value: Twin) -> (Twin, Twin) {
    let quarter = (value.0 / HALF_PI.0).round();
    let rest = value.plus(HALF_PI.times(Twin(-quarter, 0.0)));
    let square = rest.times(rest).minus();
    let sine = series(rest, square, |term| 2.0 * term * (2.0 * term + 1.0), 14);
    let cosine = series(ONE, square, |term| 2.0 * term * (2.0 * term - 1.0), 14);
    match quarter.rem_euclid(4.0) as u8 {
        0 => (sine, cosine),
        1 => (cosine, sine.minus()),
        2 => (sine.minus(), cosine.minus()),
        _ => (cosine.minus(), sine),
    }
}

/// The number whose logarithm this is.
pub fn exp(value: f64) -> f64 {
    if value.is_nan() { value } else { exp_of(Twin(value, 0.0)) }
}

/// The natural logarithm.
pub fn log(value: f64) -> f64 {
    match () {
        () if value.is_nan() || value < 0.0 => f64::NAN,
        () if value == 0.0 => f64::NEG_INFINITY,
        () if value.is_infinite() => value,
        () => log_of(value).number(),
    }
}

/// The sine of an angle.
pub fn sin(value: f64) -> f64 {
    if value.is_finite() { angle(Twin(value, 0.0)).0.number() } else { f64::NAN }
}

/// The cosine of an angle.
pub fn cos(value: f64) -> f64 {
    if value.is_finite() { angle(Twin(value, 0.0)).1.number() } else { f64::NAN }
}

/// The angle of a point seen from the middle, from -π to π.
pub fn atan2(y: f64, x: f64) -> f64 {
    if y.is_nan() || x.is_nan() {
        return f64::NAN;
    }
    let (high, wide) = (y.abs(), x.abs());
    let is_steep = high > wide;
    let (small, large) = if is_steep { (wide, high) } else { (high, wide) };
    let slope = match () {
        () if large == 0.0 || small == large && large.is_infinite() => Twin(f64::from(u8::from(large > 0.0)), 0.0),
        () if large.is_infinite() => ZERO,
        () => Twin(small, 0.0).over(Twin(large, 0.0)),
    };
    let near = Twin(slope.0 / (1.0 + 0.28 * slope.0 * slope.0), 0.0);
    let (sine, cosine) = angle(near);
    let off = slope.times(cosine).plus(sine.minus()).over(cosine.plus(slope.times(sine)));
    let square = off.times(off).minus();
    let (mut power, mut sum) = (off, off);
    for term in 1..8 {
        power = power.times(square);
        sum = sum.plus(power.over(Twin(f64::from(2 * term + 1), 0.0)));
    }
    let mut result = near.plus(sum);
    if is_steep {
        result = HALF_PI.plus(result.minus());
    }
    if x.is_sign_negative() {
        result = HALF_PI.plus(HALF_PI).plus(result.minus());
    }
    if y.is_sign_negative() { -result.number() } else { result.number() }
}

/// `base` to the power of `power`.
pub fn pow(base: f64, power: f64) -> f64 {
    if power.trunc() == power && power.abs() <= 1100.0 {
        let count = power.abs() as u32;
        let plain = (0..count).fold(1.0, |product, _| product * base);
        let is_usual = |number: f64| number.abs() < 1e290 && number.abs() > 1e-290;
        let whole = match is_usual(plain) && is_usual(base) {
            true => (0..count).fold(ONE, |product, _| product.times(Twin(base, 0.0))).number(),
            false => plain,
        };
        return if power < 0.0 { 1.0 / whole } else { whole };
    }
    let is_odd = power.trunc() == power && power % 2.0 != 0.0;
    match () {
        () if base.is_nan() || power.is_nan() || base < 0.0 && power.trunc() != power => f64::NAN,
        () if base == 0.0 => {
            if power > 0.0 {
                0.0
            } else {
                f64::INFINITY
            }
        }
        () if base.is_infinite() || power.is_infinite() => {
            if (base.abs() > 1.0) == (power > 0.0) {
                f64::INFINITY
            } else {
                0.0
            }
        }
        () => {
            let size = exp_of(log_of(base.abs()).times(Twin(power, 0.0)));
            if base < 0.0 && is_odd { -size } else { size }
        }
    }
}
