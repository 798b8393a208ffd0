package io.k3j.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitprocess.Outcome;
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
            ---
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: claim, namespace: default}
            spec: {accessModes: [ReadWriteOnce], storageClassName: none, resources: {requests: {storage: 1Mi}}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: own, namespace: default}
            spec:
              nodeName: %s
              containers: [{name: c, image: "k3j.io/busybox:1"}]
              volumes: [{name: v, persistentVolumeClaim: {claimName: claim}}]
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
        victim.apply(OTHERS.formatted(victim.node()));
        victim.until("kubectl --kubeconfig /var/lib/rancher/k3s/agent/kubelet.kubeconfig get pod own -o name",
                "pod/own");
        victim.until("kubectl -n kube-system get endpointslices -o name", "/kube-dns-" + victim.node());
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
        forbidden(victim, "label node " + victim.node() + " node-restriction.kubernetes.io/tenant=");
        forbidden(victim, "get leases -n default");
        forbidden(victim, "create clusterrolebinding own --clusterrole cluster-admin --user system:node:"
                + victim.node());
    }

    /// Sends what kubectl would not.
    private static void refused(Victim victim, String method, String path, String type, String body, String why)
            throws IOException, InterruptedException {
        refusedAs(victim, "client-kubelet", method + " " + path, type, body, why);
    }

    /// @param certificate a file's name, without `.crt` and `.key`
    /// @param request method and path
    private static void refusedAs(Victim victim, String certificate, String request, String type, String body,
            String why) throws IOException, InterruptedException {
        String[] words = request.split(" ");
        String answer = victim
                .text("cd /var/lib/rancher/k3s/agent; curl -sk -m 100 --cert " + certificate + ".crt --key "
                        + certificate + ".key -X " + words[0] + " -H 'Content-Type: application/" + type
                        + "' -w '%{http_code}' 'https://127.0.0.1:6443" + words[1] + "' -d '" + body + "'");
        assertThat(answer).as(request).contains("forbidden", why).endsWith("403");
    }

    /// M-nodes: what a node may write only in part.
    @Test
    void itMovesNoPodBehindAServiceAndNamesNoOwners(Victim victim) throws IOException, InterruptedException {
        String core = "/api/v1/namespaces/default/";
        String owner = "{\"metadata\": {\"ownerReferences\": [{\"apiVersion\": \"v1\", \"kind\": \"Node\","
                + " \"name\": \"other\", \"uid\": \"o\"}]}}";
        String patch = "merge-patch+json";
        refused(victim, "PATCH", core + "pods/own/status", patch, "{\"metadata\": {\"labels\": {\"app\": \"bank\"}}}",
                "cannot update labels through pod status");
        refused(victim, "PATCH", core + "pods/elsewhere/status", patch, "{\"status\": {\"phase\": \"Running\"}}",
                "elsewhere");
        refused(victim, "PATCH", "/api/v1/nodes/" + victim.node(), patch, owner, "ownerReferences");
        refused(victim, "PATCH", "/api/v1/nodes/" + victim.node() + "/status", patch, owner, "ownerReferences");
        refused(victim, "PATCH", core + "persistentvolumeclaims/claim/status", patch,
                "{\"status\": {\"phase\": \"Lost\"}}", "claim");
        refused(victim, "POST", "/apis/resource.k8s.io/v1/resourceslices", "json", "{\"metadata\": {\"name\": \"s\"},"
                + " \"spec\": {\"driver\": \"d.example\", \"nodeName\": \"other\", \"pool\": {\"name\": \"p\","
                + " \"generation\": 1, \"resourceSliceCount\": 1}, \"devices\": []}}", "resourceslices");
        forbidden(victim, "get volumeattachments");
    }

    /// N4, L11: the ranges by which all nodes route.
    @Test
    void itChoosesNoRangesOfPods(Victim victim) throws IOException, InterruptedException {
        String why = "a node is not allowed to set spec.podCIDR or spec.podCIDRs";
        String ranges = "{\"metadata\": {\"name\": \"" + victim.node() + "\"}, \"spec\": {\"podCIDR\":"
                + " \"10.42.0.0/16\", \"podCIDRs\": [\"10.42.0.0/16\"]}}";
        refused(victim, "PATCH", "/api/v1/nodes/" + victim.node(), "merge-patch+json", ranges, why);
        refused(victim, "POST", "/api/v1/nodes", "json", ranges, why);
        assertThat(victim.text("kubectl get node " + victim.node() + " -o jsonpath={.spec.podCIDRs}"))
                .doesNotContain("/16");
    }

    /// N3: the identity of its network leads the cluster's names elsewhere.
    @Test
    void itsNetworkAnswersNoQuestionsOfOtherNodes(Victim victim) throws IOException, InterruptedException {
        String network = "client-k3s-controller";
        String dns = "/api/v1/namespaces/kube-system/services/kube-dns";
        String patch = "merge-patch+json";
        refusedAs(victim, network, "PATCH " + dns, patch, "{\"spec\": {\"type\": \"ExternalName\", \"externalName\":"
                + " \"evil.example\"}}", "kube-dns");
        refusedAs(victim, network, "DELETE " + dns, "json", "{}", "kube-dns");
        String slices = "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices";
        String slice = "{\"metadata\": {\"name\": \"kube-dns-%s\", \"labels\": {\"kubernetes.io/service-name\":"
                + " \"kube-dns\"}}, \"addressType\": \"IPv4\", \"ports\": [], \"endpoints\": [{\"addresses\":"
                + " [\"192.0.2.66\"], \"nodeName\": \"%s\"}]}";
        refusedAs(victim, network, "POST " + slices, "json", slice.formatted("other", "other"),
                "can only write the place behind kube-dns of the node it is bound to");
        refusedAs(victim, network, "PATCH " + slices + "/kube-dns-" + victim.node(), patch,
                slice.formatted(victim.node(), victim.node()), "can only write addresses that its Node tells");
        assertThat(victim.text("kubectl -n kube-system get service kube-dns -o jsonpath={.spec.type}"))
                .isEqualTo("ClusterIP");
    }

    /// M-snapshots, as far as a server without etcd has files: a user of the machine looks for its secrets.
    @Test
    void aUserOfTheMachineReadsNoSecretOfTheServer(Victim victim) throws IOException, InterruptedException {
        String user = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
        victim.text("touch /etc/readable && chmod 644 /etc/readable && " + user + "cat /etc/readable");
        String secrets = victim.text("cd /var/lib/rancher/k3s; ls /etc/rancher/k3s/k3s.yaml $PWD/server/db/state.db"
                + " $PWD/server/token $PWD/server/tls/*.key $PWD/agent/*.key");
        assertThat(secrets).contains("client-ca.key", "client-kubelet.key");
        assertThat(victim.shell(user + "cat " + secrets.replaceAll("\\s+", " ") + " | wc -c").text()).endsWith("\n0\n")
                .contains("Permission denied");
    }
}
