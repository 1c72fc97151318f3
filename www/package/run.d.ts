/** Makes the code blocks of the page run, once it is imported. */
export {};
