package io.k3j.nodeapi;

/// How a command ended: its exit code and what it wrote, each cut by the runtime at 16 MiB.
public record ExecResult(int exitCode, byte[] output, byte[] errors) {
}
