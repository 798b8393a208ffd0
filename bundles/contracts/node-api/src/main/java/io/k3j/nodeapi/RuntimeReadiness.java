package io.k3j.nodeapi;

/// Whether pods can run: `runtime` containers at all, `network` pods with their own address. The
/// message says what is missing and is empty when nothing is.
public record RuntimeReadiness(boolean runtime, boolean network, String message) {
}
