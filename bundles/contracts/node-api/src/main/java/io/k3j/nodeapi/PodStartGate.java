package io.k3j.nodeapi;

import io.k3j.model.Obj;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/// Who has to do something between a pod having its addresses and its first container running, as to let the rules
/// of network policies stand before anybody can send.
///
/// **Who.** Components of the node register it as a service, `network-policy` does; the kubelet asks all there are.
///
/// **Lifetime.** Any number; they come and go with their bundles. While there is none the kubelet goes on: what must
/// hold then holds by itself, as rules that drop what nobody has decided about.
///
/// **Guarantees.**
/// 1. Asked before the first container of a sandbox starts, again for each new sandbox, and after a failure.
/// 2. Not asked for pods on the node's own network.
///
/// **Threads.** The pod's own thread in the kubelet; it may block for 5 s. Several pods ask at once.
///
/// **Failure.** Any exception: nothing is started; the kubelet tells its message by an Event `PodStartGateClosed` and
/// asks again after a second.
@ConsumerType
public interface PodStartGate {
    /// Returns when the pod may start.
    ///
    /// @param pod as the kubelet knows it; its status need not have the addresses yet
    /// @param addresses of its sandbox, as the runtime tells them
    /// @throws InterruptedException when the kubelet stops
    void beforeStart(Obj pod, List<String> addresses) throws InterruptedException;
}
