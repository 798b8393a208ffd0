package io.k3j.kuberuntime;

import java.util.Map;

/// What Linux passes to a program that it starts: beyond this execve(2) answers `E2BIG`. Looked at before the texts
/// are made, for a pod of a few kilobytes can ask for gigabytes of them. Pure. Any thread. See
/// <https://man7.org/linux/man-pages/man2/execve.2.html>.
final class ExecLimits {
    /// `MAX_ARG_STRLEN` with pages of 4 KiB, the zero at the end included.
    static final int MOST_EACH = 128 << 10;
    /// A quarter of the usual stack; arguments, variables and a pointer to each.
    static final int MOST = 2 << 20;
    private static final int POINTER = 8;
    private static final String MORE = ", which is more than Linux passes to a program";

    private ExecLimits() {
    }

    /// How long a text is in UTF-8, which is not made for that.
    static long bytes(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            bytes += bytes(text.charAt(i));
        }
        return bytes;
    }

    /// What a character takes; one beyond 16 bits comes as two, of two bytes each.
    static int bytes(char c) {
        if (c < 0x80) {
            return 1;
        }
        return c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }

    /// What a variable takes as `NAME=value` with a zero at its end.
    static long variable(String name, String value) {
        return bytes(name) + bytes(value) + 2;
    }

    /// What variables take together.
    static long all(Map<String, String> variables) {
        return variables.entrySet().stream().mapToLong(v -> together(variable(v.getKey(), v.getValue()))).sum();
    }

    /// What one text takes of [#MOST].
    static long together(long bytes) {
        return bytes + POINTER;
    }

    /// One text is too long.
    /// @param what for people
    /// @return to be thrown by the caller
    static ConfigError tooLong(String what) {
        return ConfigError.config(what + " takes more than " + MOST_EACH + " bytes" + MORE);
    }

    /// All texts together are too long.
    /// @param what the first that does not fit, for people
    /// @return to be thrown by the caller
    static ConfigError tooMuch(String what) {
        return ConfigError.config("command, args and environment variables take more than " + MOST
                + " bytes together, from " + what + " on" + MORE);
    }
}
