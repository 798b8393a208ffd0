package io.k3j.launcher;

/// Where a person follows the start. Any thread may write; lines come out whole.
public interface Progress {
    /// One step that is done; the time since the start of the process is put before it.
    void step(String what);

    /// A line as it is.
    void line(String text);
}
