package io.k3j.bootitest;

/// What a stock K3s agent writes about itself and its pods, as its bytes are.
final class StockObjects {
    /// A pod on the node.
    static final String POD = """
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "said", "namespace": "default"},
             "spec": {"nodeName": "stock-1", "containers": [{"name": "main", "image": "k3j.io/none:1"}]}}
            """;
    /// As a kubelet tells it: what has changed, and the order of lists with keys.
    static final String STATUS = """
            {"status": {"$setElementOrder/addresses": [{"type": "InternalIP"}],
             "$setElementOrder/conditions": [{"type": "Ready"}],
             "addresses": [{"address": "127.0.0.1", "type": "InternalIP"}], "capacity": {"cpu": "2", "pods": "110"},
             "conditions": [{"type": "Ready", "status": "True", "lastHeartbeatTime": "%1$s",
              "lastTransitionTime": "%1$s", "reason": "KubeletReady", "message": "kubelet is posting ready status"}],
             "daemonEndpoints": {"kubeletEndpoint": {"Port": %2$d}},
             "nodeInfo": {"kubeletVersion": "v1.36.2+k3s1", "operatingSystem": "linux", "architecture": "amd64"}}}
            """;

    private StockObjects() {
    }
}
