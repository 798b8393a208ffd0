package io.k3j.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Outcome;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Somebody has stolen a node's credentials and tries to get more than the node.
@NeedsMachine
@ExtendWith(Victim.Here.class)
class NodeCredentialAttacksItest {
    private static final String OTHERS = """
            apiVersion: v1
            kind: Node
            metadata: {name: other}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: precious, namespace: default}
            stringData: {password: hunter2}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: elsewhere, namespace: default}
            spec:
              nodeName: other
              containers: [{name: c, image: "k3j.io/busybox:1"}]
            """;
    private static final String MIRROR = """
            apiVersion: v1
            kind: Pod
            metadata:
              name: mirror-%1$s
              namespace: default
              annotations: {kubernetes.io/config.mirror: x, kubernetes.io/config.source: file}
              ownerReferences: [{apiVersion: v1, kind: Node, name: %1$s, uid: "%2$s", controller: true}]
            spec:
              nodeName: %1$s
              containers: [{name: c, image: "k3j.io/busybox:1"}]
              volumes: [{name: v, secret: {secretName: precious}}]
            """;

    @BeforeAll
    static void begin(Victim victim) throws IOException, InterruptedException {
        victim.apply(OTHERS);
    }

    private static Outcome stolen(Victim victim, String words) throws IOException, InterruptedException {
        return victim.shell("kubectl --kubeconfig /var/lib/rancher/k3s/agent/kubelet.kubeconfig " + words);
    }

    private static void forbidden(Victim victim, String words) throws IOException, InterruptedException {
        Outcome outcome = stolen(victim, words);
        assertThat(outcome.code()).as("%s%n%s", words, outcome.text()).isNotZero();
        assertThat(outcome.text()).as(words).containsIgnoringCase("forbidden");
    }

    @Test
    void itReadsNoSecretOfOthers(Victim victim) throws IOException, InterruptedException {
        forbidden(victim, "get secret precious");
        forbidden(victim, "get secrets -A");
        forbidden(victim, "get configmaps -n kube-system");
    }

    /// H5: a mirror pod would make the node one that needs the Secret.
    @Test
    void aMirrorPodGivesItNoSecret(Victim victim) throws IOException, InterruptedException {
        String uid = victim.text("kubectl get node " + victim.node() + " -o jsonpath={.metadata.uid}");
        String pod = MIRROR.formatted(victim.node(), uid);
        forbidden(victim, "create -f - <<'END'\n" + pod + "END");
        forbidden(victim, "get secret precious");
    }

    /// H6: actions run past admission.
    @Test
    void itEvictsNoPodOfAnotherNodeAndMintsNoTokens(Victim victim) throws IOException, InterruptedException {
        forbidden(victim, "create --raw /api/v1/namespaces/default/pods/elsewhere/eviction -f - <<'END'\n"
                + "{\"apiVersion\": \"policy/v1\", \"kind\": \"Eviction\", \"metadata\": {\"name\": \"elsewhere\"}}\nEND");
        forbidden(victim, "create token default --duration 87600h");
        forbidden(victim, "delete pod elsewhere --wait=false");
    }

    /// H7 and the rest of what a node may not be.
    @Test
    void itChangesNoOtherNode(Victim victim) throws IOException, InterruptedException {
        forbidden(victim, "label node other stolen=1");
        forbidden(victim, "delete node other");
        forbidden(victim, "label node " + victim.node() + " node-restriction.kubernetes.io/tenant=x");
        forbidden(victim, "get leases -n default");
        forbidden(victim, "create clusterrolebinding own --clusterrole cluster-admin --user system:node:"
                + victim.node());
    }
}
