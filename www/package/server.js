// In place of the elements where there is no document, as when a site is drawn on a server: they begin in the reader's page.
export {};
