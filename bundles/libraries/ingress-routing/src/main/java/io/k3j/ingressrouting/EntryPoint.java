package io.k3j.ingressrouting;

/// The two ports on which requests arrive, by Traefik's names.
public enum EntryPoint {
    /// HTTP, port 80 of the Service.
    WEB("web", 80),
    /// HTTPS, port 443 of the Service.
    WEBSECURE("websecure", 443);

    private final String label;
    private final int port;

    EntryPoint(String label, int port) {
        this.label = label;
        this.port = port;
    }

    /// Its name in annotations, metrics and the Service.
    public String label() {
        return label;
    }

    /// The port of the Service.
    public int port() {
        return port;
    }

    /// Whether over TLS.
    public boolean secure() {
        return this == WEBSECURE;
    }
}
