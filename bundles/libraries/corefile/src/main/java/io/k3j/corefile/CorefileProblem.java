package io.k3j.corefile;

/// A Corefile that cannot be used: where, what and what to type instead.
///
/// The message is `FILE:LINE: what`, in a sentence that can be shown as it is. `reason` is a word for an Event:
/// `InvalidCorefile`, `UnknownPlugin`, `UnknownOption`.
public final class CorefileProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String file;
    private final String reason;

    private CorefileProblem(String file, String reason, String message) {
        super(message);
        this.file = file;
        this.reason = reason;
    }

    /// Something is written wrongly.
    /// @param file its path, as `/etc/coredns/Corefile`
    /// @param line from 1
    /// @param what what is wrong, and what is wanted instead
    public static CorefileProblem invalid(String file, int line, String what) {
        return new CorefileProblem(file, "InvalidCorefile", file + ":" + line + ": " + what);
    }

    /// A plug-in or option that is not there.
    /// @param file its path
    /// @param line from 1
    /// @param what begins with `plug-in` or `option`, which makes the reason
    public static CorefileProblem unknown(String file, int line, String what) {
        return new CorefileProblem(file, what.startsWith("plug-in") ? "UnknownPlugin" : "UnknownOption",
                file + ":" + line + ": " + what);
    }

    /// The file it is in.
    /// @return its path, by which [ConfigFiles#origin] knows the ConfigMap
    public String file() {
        return file;
    }

    /// One word for the Event.
    public String reason() {
        return reason;
    }
}
