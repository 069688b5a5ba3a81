// Sets the chosen theme before anything is painted; the program starts too late to prevent a flash.
try {
  const theme = localStorage.getItem("maig.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden: then the system's theme holds.
}
