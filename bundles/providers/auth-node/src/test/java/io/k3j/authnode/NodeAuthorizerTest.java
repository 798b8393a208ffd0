package io.k3j.authnode;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiResource;
import io.k3j.componentbase.FeatureGate;
import io.k3j.componentbase.FeatureGates;
import io.k3j.model.FieldSelector;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeAuthorizerTest {
    private static final Gvr PODS = new Gvr("", "v1", "pods");
    private static final Caller KUBELET = Caller.of("system:node:a", List.of("system:nodes"));
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    private final NodeAuthorizer authorizer = new NodeAuthorizer(api, FeatureGates.NONE);

    @AfterEach
    void close() {
        authorizer.stop();
        api.close();
    }

    private void pod(String node) {
        Struct from = Struct.of("secretKeyRef", Struct.of("name", "password"));
        Struct container = Struct.of("name", "c", "env", Seq.of(Struct.of("name", "P", "valueFrom", from)));
        Struct volume = Struct.of("name", "v", "configMap", Struct.of("name", "settings"));
        api.seed(PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p", "namespace", "default"), "spec", Struct.of("nodeName", node,
                        "serviceAccountName", "robot", "containers", Seq.of(container), "volumes", Seq.of(volume)))));
        api.deliver();
    }

    private boolean allowed(Caller caller, String verb, String resource, String name) {
        int slash = resource.indexOf('/');
        return authorizer.decide(caller, new Attributes(verb, "", "v1",
                slash < 0 ? resource : resource.substring(0, slash), slash < 0 ? "" : resource.substring(slash + 1),
                "default", name, "")).verdict() == Verdict.ALLOW;
    }

    @Test
    void trustBundlesAreReadWhereTheGateIsOn() {
        Attributes list = new Attributes("list", "certificates.k8s.io", "v1beta1", "clustertrustbundles", "", "", "",
                "");
        Attributes delete = new Attributes("delete", "certificates.k8s.io", "v1beta1", "clustertrustbundles", "", "",
                "b", "");
        assertThat(authorizer.decide(KUBELET, list).verdict()).isEqualTo(Verdict.NO_OPINION);
        NodeAuthorizer gated = new NodeAuthorizer(api, new FeatureGates(Set.of(FeatureGate.CLUSTER_TRUST_BUNDLE)));
        assertThat(gated.decide(KUBELET, list).verdict()).isEqualTo(Verdict.ALLOW);
        assertThat(gated.decide(KUBELET, delete).verdict()).isEqualTo(Verdict.NO_OPINION);
        gated.stop();
    }

    @ParameterizedTest
    @CsvSource({"create,'',ALLOW", "list,spec.nodeName=a,ALLOW", "watch,spec.nodeName=b,NO_OPINION",
            "list,'',NO_OPINION", "update,'',NO_OPINION"})
    void certificatesOfPodsAreAskedForWhereTheGateIsOn(String verb, String selector, Verdict verdict) {
        Attributes what = new Attributes(verb, "certificates.k8s.io", "v1beta1", "podcertificaterequests", "",
                "default", "", "", FieldSelector.parse(selector));
        assertThat(authorizer.decide(KUBELET, what).verdict()).isEqualTo(Verdict.NO_OPINION);
        NodeAuthorizer gated = new NodeAuthorizer(api, new FeatureGates(Set.of(FeatureGate.POD_CERTIFICATE_REQUEST)));
        assertThat(gated.decide(KUBELET, what).verdict()).isEqualTo(verdict);
        gated.stop();
    }

    @Test
    void aRequestForACertificateIsReadByItsOwnNode() {
        Gvr requests = Gvr.of("certificates.k8s.io/v1beta1", "podcertificaterequests");
        NodeAuthorizer gated = new NodeAuthorizer(api, new FeatureGates(Set.of(FeatureGate.POD_CERTIFICATE_REQUEST)));
        Attributes own = new Attributes("get", "certificates.k8s.io", "v1beta1", "podcertificaterequests", "",
                "default", "a", "");
        Attributes other = new Attributes("get", "certificates.k8s.io", "v1beta1", "podcertificaterequests", "",
                "default", "b", "");
        assertThat(gated.decide(KUBELET, own).verdict()).isEqualTo(Verdict.NO_OPINION);
        api.serve(new ApiResource(requests, "PodCertificateRequest", true, List.of("get")), true);
        for (String node : List.of("a", "b")) {
            api.seed(requests, Obj.of(Struct.of("apiVersion", requests.apiVersion(), "kind", "PodCertificateRequest",
                    "metadata", Struct.of("name", node, "namespace", "default"), "spec",
                    Struct.of("nodeName", node))));
        }
        assertThat(gated.decide(KUBELET, own).verdict()).isEqualTo(Verdict.ALLOW);
        assertThat(gated.decide(KUBELET, other).verdict()).isEqualTo(Verdict.NO_OPINION);
        gated.stop();
    }

    @ParameterizedTest
    @CsvSource({"get,secrets,password,true", "get,secrets,other,false", "list,secrets,,false",
            "watch,configmaps,settings,true", "update,configmaps,settings,false",
            "get,serviceaccounts,robot,true", "get,serviceaccounts,default,false",
            "create,serviceaccounts/token,robot,true", "create,serviceaccounts/token,default,false",
            "get,nodes,a,true", "get,nodes,b,false", "list,services,,true", "delete,services,x,false",
            "update,pods/status,p,true"})
    void aKubeletMayReadTheObjectsOfItsPods(String verb, String resource, String name, boolean allowed) {
        pod("a");
        assertThat(allowed(KUBELET, verb, resource, name == null ? "" : name)).isEqualTo(allowed);
    }

    /// A refusal tells them, so that whoever reads it knows what to ask for.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "update||secrets|password|can only read resources of this type",
            "list||configmaps||No Object name found",
            "get||secrets|other|no relationship found between node 'a' and this object",
            "list||persistentvolumes||can only get individual resources of this type",
            "delete||persistentvolumeclaims/status|c|can only get/update/patch this type",
            "create||serviceaccounts|robot|can only create token subresource of serviceaccount",
            "list||serviceaccounts||can only create tokens for individual service accounts",
            "list|coordination.k8s.io|leases||can only get, create, update, patch, or delete a node lease",
            "get|coordination.k8s.io|leases|a|can only access leases in the \"kube-node-lease\" system namespace",
            "get|storage.k8s.io|csinodes|b|can only access CSINode with the same name as the requesting node",
            "watch|storage.k8s.io|csinodes||can only get, create, update, patch, or delete a CSINode",
            "list||nodes||node 'a' cannot read all nodes, only its own Node object", "delete||nodes|a|``",
            "list||pods||can only list/watch pods with spec.nodeName field selector"})
    void aRefusalSaysWhy(String verb, String group, String resource, String name, String why) {
        pod("a");
        String[] parts = resource.split("/");
        assertThat(authorizer.decide(KUBELET, new Attributes(verb, group == null ? "" : group, "v1", parts[0],
                parts.length > 1 ? parts[1] : "", "default", name == null ? "" : name, "", FieldSelector.parse(""))))
                .isEqualTo(new Authorizer.Decision(Verdict.NO_OPINION, why));
    }

    @Test
    void aDeletedPodGrantsNothing() {
        pod("a");
        api.vanish(PODS, new Key("default", "p"));
        api.deliver();
        assertThat(allowed(KUBELET, "get", "secrets", "password")).isFalse();
    }

    @Test
    void podsOfOtherNodesAndOtherCallersDoNotCount() {
        pod("b");
        assertThat(allowed(KUBELET, "get", "secrets", "password")).isFalse();
        assertThat(allowed(Caller.of("system:node:b", List.of()), "get", "secrets", "password")).isFalse();
        assertThat(allowed(Caller.of("joe", List.of("system:nodes")), "get", "nodes", "a")).isFalse();
    }

    private Struct pod(Struct metadata, Struct spec) {
        return Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                metadata.with("name", "p").with("namespace", "default"), "spec", spec.with("nodeName", "a"));
    }

    private Verdict decide(String verb, String group, String resource, String name, String selector) {
        return authorizer.decide(KUBELET, new Attributes(verb, group, "v1", resource, "", "default", name, "",
                FieldSelector.parse(selector))).verdict();
    }

    @ParameterizedTest
    @CsvSource({"list,,,NO_OPINION", "watch,,,NO_OPINION", "list,,spec.nodeName=b,NO_OPINION",
            "list,,spec.nodeName!=a,NO_OPINION", "list,,spec.nodeName=a,ALLOW", "watch,,spec.nodeName=a,ALLOW",
            "get,p,,ALLOW", "get,other,,NO_OPINION"})
    void aKubeletMayReadItsOwnPodsOnly(String verb, String name, String selector, Verdict verdict) {
        pod("a");
        assertThat(decide(verb, "", "pods", name == null ? "" : name, selector == null ? "" : selector))
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({"list,''", "watch,''", "list,b"})
    void aKubeletMayReadItsOwnNodeOnly(String verb, String name) {
        assertThat(decide(verb, "", "nodes", name, "")).isEqualTo(Verdict.NO_OPINION);
        assertThat(decide(verb, "", "nodes", "a", "metadata.name=a")).isEqualTo(Verdict.ALLOW);
    }

    @Test
    void aMirrorPodGrantsNothing() {
        Struct volume = Struct.of("name", "v", "secret", Struct.of("secretName", "password"));
        api.seed(PODS, Obj.of(pod(Struct.of("annotations", Struct.of("kubernetes.io/config.mirror", "x")),
                Struct.of("volumes", Seq.of(volume)))));
        api.deliver();
        assertThat(allowed(KUBELET, "get", "secrets", "password")).isFalse();
    }

    @Test
    void attachmentsClaimsAndSlicesMustBelongToTheNode() {
        api.seed(PODS, Obj.of(pod(Struct.EMPTY, Struct.of("resourceClaims",
                Seq.of(Struct.of("name", "gpu", "resourceClaimName", "mine"))))));
        for (String node : List.of("a", "b")) {
            api.seed(new Gvr("storage.k8s.io", "v1", "volumeattachments"), onNode("storage.k8s.io/v1",
                    "VolumeAttachment", node));
            api.seed(new Gvr("resource.k8s.io", "v1", "resourceslices"), onNode("resource.k8s.io/v1",
                    "ResourceSlice", node));
        }
        api.deliver();
        assertThat(decide("get", "storage.k8s.io", "volumeattachments", "of-a", "")).isEqualTo(Verdict.ALLOW);
        assertThat(decide("get", "storage.k8s.io", "volumeattachments", "of-b", "")).isEqualTo(Verdict.NO_OPINION);
        assertThat(decide("delete", "resource.k8s.io", "resourceslices", "of-a", "")).isEqualTo(Verdict.ALLOW);
        assertThat(decide("delete", "resource.k8s.io", "resourceslices", "of-b", "")).isEqualTo(Verdict.NO_OPINION);
        assertThat(decide("deletecollection", "resource.k8s.io", "resourceslices", "", "")).isEqualTo(
                Verdict.NO_OPINION);
        assertThat(decide("get", "resource.k8s.io", "resourceclaims", "mine", "")).isEqualTo(Verdict.ALLOW);
        assertThat(decide("get", "resource.k8s.io", "resourceclaims", "theirs", "")).isEqualTo(Verdict.NO_OPINION);
    }

    /// Of a driver of CSI, which the kubelet hands its Secrets to.
    @Test
    void secretsOfAVolumeAreReadWhereItsClaimIsUsed() {
        Struct csi = Struct.of("driver", "d", "volumeHandle", "h", "nodeStageSecretRef", secret("stage"),
                "nodePublishSecretRef", secret("publish"), "controllerPublishSecretRef", secret("attach"));
        volume("mine", csi);
        volume("stolen", csi.with("nodeStageSecretRef", secret("foreign")));
        claim("c", "mine");
        claim("thief", "stolen");
        api.seed(PODS, Obj.of(pod(Struct.EMPTY, Struct.of("volumes", Seq.of(used("c"), used("thief"))))));
        api.deliver();
        assertThat(List.of("stage", "publish", "attach", "foreign", "absent").stream()
                .filter(name -> allowed(KUBELET, "get", "secrets", name))).containsExactly("stage", "publish");
        assertThat(allowed(KUBELET, "update", "secrets", "stage")).isFalse();
        assertThat(allowed(Caller.of("system:node:b", List.of("system:nodes")), "get", "secrets", "stage")).isFalse();
    }

    /// Anybody may write a claim that names any volume.
    @Test
    void aVolumeIsReadWhereItsOwnClaimIsUsed() {
        volume("mine", Struct.EMPTY, Struct.of("uid", "u-c"));
        volume("kept", Struct.EMPTY, Struct.EMPTY);
        volume("before", Struct.EMPTY, Struct.of("uid", "u-before"));
        volume("elsewhere", Struct.EMPTY, Struct.of("namespace", "other"));
        api.seed(PODS, Obj.of(pod(Struct.EMPTY, Struct.of("volumes", Seq.of(used("c"), used("thief"))))));
        for (String name : List.of("mine", "kept", "before", "elsewhere", "absent")) {
            claim("c", name);
            claim("thief", name);
            api.deliver();
            assertThat(allowed(KUBELET, "get", "persistentvolumes", name)).as(name)
                    .isEqualTo(List.of("mine", "kept").contains(name));
            claim("c", "");
            api.deliver();
            assertThat(allowed(KUBELET, "get", "persistentvolumes", name)).as("%s, of the thief's claim alone", name)
                    .isFalse();
        }
    }

    private static Struct secret(String name) {
        return Struct.of("name", name, "namespace", "default");
    }

    private static Struct used(String claim) {
        return Struct.of("name", claim, "persistentVolumeClaim", Struct.of("claimName", claim));
    }

    /// Bound to the claim `c`, whatever claims say.
    private void volume(String name, Struct csi) {
        volume(name, csi, Struct.EMPTY);
    }

    /// @param more of the claim it is bound to
    private void volume(String name, Struct csi, Struct more) {
        Struct.Builder owner = Struct.of("namespace", "default", "name", "c").toBuilder();
        more.forEach(owner::put);
        api.seed(new Gvr("", "v1", "persistentvolumes"), Obj.of(Struct.of("apiVersion", "v1", "kind",
                "PersistentVolume", "metadata", Struct.of("name", name), "spec",
                Struct.of("csi", csi, "claimRef", owner.build()))));
    }

    private void claim(String name, String volume) {
        api.seed(new Gvr("", "v1", "persistentvolumeclaims"), Obj.of(Struct.of("apiVersion", "v1", "kind",
                "PersistentVolumeClaim", "metadata",
                Struct.of("namespace", "default", "name", name, "uid", "u-" + name), "spec",
                Struct.of("volumeName", volume))));
    }

    private static Obj onNode(String version, String kind, String node) {
        return Obj.of(Struct.of("apiVersion", version, "kind", kind, "metadata", Struct.of("name", "of-" + node),
                "spec", Struct.of("nodeName", node)));
    }

    @Test
    void resourcesOfTheSameNameInOtherGroupsAreNotAllowed() {
        assertThat(decide("create", "example.com", "csinodes", "", "")).isEqualTo(Verdict.NO_OPINION);
        assertThat(authorizer.decide(KUBELET, new Attributes("update", "example.com", "v1", "leases", "",
                "kube-node-lease", "a", "")).verdict()).isEqualTo(Verdict.NO_OPINION);
    }
}
