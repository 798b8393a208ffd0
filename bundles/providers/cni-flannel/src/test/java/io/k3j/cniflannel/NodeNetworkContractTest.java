package io.k3j.cniflannel;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.PodNetwork;
import io.k3j.testkit.PodNetworkContract;

/// Of a Node with two families, which names IPv6 first.
class NodeNetworkContractTest extends PodNetworkContract {
    private final PodNetwork network = NodeNetwork.of(Lease.ranges(Obj.of(Struct.of("apiVersion", "v1", "kind", "Node",
            "spec", Struct.of("podCIDRs", Seq.of("fd42:0:0:1::/64", "10.42.1.0/24"))))));

    @Override
    protected PodNetwork network() {
        return network;
    }
}
