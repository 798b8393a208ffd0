package io.k3j.apirequests;

/// What is found out of a request for who counts requests. Used by the request's own thread only.
public final class RequestLabels {
    private boolean allowed;
    private boolean deprecated;
    private String removedRelease = "";

    /// Notes that who asks may do what he asks for. Before that he is a stranger, who may ask for anything: a series
    /// lives as long as the process.
    public void allowed() {
        allowed = true;
    }

    /// Whether that was noted.
    boolean isAllowed() {
        return allowed;
    }

    /// Notes that it is about something deprecated.
    /// @param removed with which release that goes; empty where that is not known
    void deprecated(String removed) {
        deprecated = true;
        removedRelease = removed;
    }

    /// Whether that was noted.
    boolean isDeprecated() {
        return deprecated;
    }

    /// With which release that goes; empty where that is not known.
    String removedRelease() {
        return removedRelease;
    }
}
