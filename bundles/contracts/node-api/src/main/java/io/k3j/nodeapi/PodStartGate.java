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
/// 3. The answer is waited for 10 s at most; then the thread is interrupted.
///
/// An implementation gives these, and `io.k3j.testkit.PodStartGateContract` holds it to them:
/// 1. A pod that may start is let start, and again when it is asked about again.
/// 2. One that may not is refused by an exception, whose message says what is missing.
/// 3. It answers within 5 s, whatever it waits for.
/// 4. It ends when its thread is interrupted.
/// 5. Several pods are asked about at once.
///
/// **Threads.** One of its own for each call; it may block for 5 s.
///
/// **Failure.** Any exception, or none and no answer: nothing is started; the kubelet tells its message by an Event
/// `PodStartGateClosed` and asks again after a second. The pod's end waits for no gate, nor do other pods.
@ConsumerType
public interface PodStartGate {
    /// Returns when the pod may start.
    ///
    /// @param pod as the kubelet knows it; its status need not have the addresses yet
    /// @param addresses of its sandbox, as the runtime tells them
    /// @throws InterruptedException when the kubelet stops
    void beforeStart(Obj pod, List<String> addresses) throws InterruptedException;
}
