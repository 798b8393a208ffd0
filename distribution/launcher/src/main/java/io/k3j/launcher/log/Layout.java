package io.k3j.launcher.log;

/// Turns an entry into what is written, line ends included. Pure; any thread.
interface Layout {
    /// All of it. Control characters of what users have written are escapes: logs are read on terminals.
    String text(Entry entry);

    /// Whether a terminal may obey a character: those of ASCII, DEL, and C1's, U+0080 to U+009F.
    static boolean control(char c) {
        return c < ' ' || c >= 0x7f && c < 0xa0;
    }
}
