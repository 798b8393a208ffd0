package io.k3j.nodewrites;

import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodewrites.NodeRule.Change;
import java.util.Optional;

/// Whether a node may ask for a certificate of a pod: upstream's `admitPodCertificateRequest`, with its words. Beyond
/// upstream, a volume of the pod has to ask for one of the signer. For any thread; the first look at a resource blocks
/// until its view is synced.
final class PodCertificateRelations {
    private static final Gvr ACCOUNTS = new Gvr("", "v1", "serviceaccounts");

    private PodCertificateRelations() {
    }

    static Optional<String> problem(Change change) {
        Struct spec = change.object().struct("spec");
        String namespace = change.write().key().namespace();
        String name = "\"" + namespace + "/" + spec.text("podName") + "\"";
        if (!spec.text("nodeName").equals(change.node())) {
            return Optional.of("PodCertificateRequest.Spec.NodeName=\"" + spec.text("nodeName")
                    + "\", which is not the requesting node \"" + change.node() + "\"");
        }
        Optional<Obj> node = change.world().find(NodeRelations.NODES, "", change.node());
        if (!uid(node).equals(spec.text("nodeUID"))) {
            return Optional.of("PodCertificateRequest for pod " + name + " names node UID \"" + spec.text("nodeUID")
                    + "\", inconsistent with the running node (\"" + uid(node) + "\")");
        }
        Optional<Obj> pod = change.world().find(NodeRelations.PODS, namespace, spec.text("podName"));
        if (pod.isEmpty() || !uid(pod).equals(spec.text("podUID"))) {
            return Optional.of("PodCertificateRequest for pod " + name + " contains pod UID (\"" + spec.text("podUID")
                    + "\") which differs from running pod \"" + uid(pod) + "\"");
        }
        return pod(change, spec, name, pod.get());
    }

    private static Optional<String> pod(Change change, Struct spec, String name, Obj pod) {
        if (!pod.spec().text("nodeName").equals(change.node())) {
            return Optional.of("pod " + name + " is not running on node \"" + change.node()
                    + "\" named in the PodCertificateRequest");
        }
        if (pod.annotations().containsKey(MirrorPods.ANNOTATION)) {
            return Optional.of("pod " + name + " is a mirror pod");
        }
        String account = spec.text("serviceAccountName");
        if (!pod.spec().text("serviceAccountName").equals(account)) {
            return Optional.of("PodCertificateRequest for pod " + name + " contains serviceAccountName (\"" + account
                    + "\") that differs from running pod (\"" + pod.spec().text("serviceAccountName") + "\")");
        }
        Optional<Obj> running = change.world().find(ACCOUNTS, pod.namespace(), account);
        if (running.isEmpty() || !uid(running).equals(spec.text("serviceAccountUID"))) {
            return Optional.of("PodCertificateRequest for pod " + name + " names service account UID \""
                    + spec.text("serviceAccountUID") + "\", which differs from the running service account (\""
                    + uid(running) + "\")");
        }
        return NodeRule.unless(asks(pod, spec.text("signerName")), "pod " + name
                + " does not mount a podCertificate projected volume for signer \"" + spec.text("signerName") + "\"");
    }

    private static boolean asks(Obj pod, String signer) {
        return pod.spec().seq("volumes").structs().stream()
                .flatMap(v -> v.struct("projected").seq("sources").structs().stream())
                .anyMatch(s -> s.struct("podCertificate").text("signerName").equals(signer) && !signer.isEmpty());
    }

    /// One without a uid is of nobody: no request names it.
    private static String uid(Optional<Obj> object) {
        return object.map(Obj::uid).orElse("");
    }
}
