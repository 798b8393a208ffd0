package io.k3j.nodeapi;

/// What a runtime says it is: `containerd`, `1.6.20`, `v1`.
public record RuntimeVersion(String name, String version, String apiVersion) {
    /// As in `status.nodeInfo.containerRuntimeVersion` of a Node: `containerd://1.6.20`.
    public String url() {
        return name + "://" + version;
    }
}
