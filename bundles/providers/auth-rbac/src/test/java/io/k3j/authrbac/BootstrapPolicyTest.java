package io.k3j.authrbac;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentbase.FeatureGate;
import io.k3j.componentbase.FeatureGates;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BootstrapPolicyTest {
    private final List<Obj> wanted = objects(FeatureGates.NONE);

    private static List<Obj> objects(FeatureGates gates) {
        return BootstrapPolicy.wanted(gates).stream().map(BootstrapPolicyText.Wanted::object).toList();
    }

    private Obj one(String kind, String name) {
        return wanted.stream().filter(o -> o.gvk().kind().equals(kind) && o.name().equals(name)).findFirst()
                .orElseThrow();
    }

    @Test
    void everyBindingRefersToAnExistingRole() {
        assertThat(wanted.stream().filter(o -> o.tree().has("roleRef"))).allSatisfy(b -> {
            Struct ref = b.tree().struct("roleRef");
            assertThat(one(ref.text("kind"), ref.text("name"))).isNotNull();
        });
    }

    @Test
    void nodesAndTheCleanerSeeRequestsOfPodsWhereTheGateIsOn() {
        assertThat(objects(new FeatureGates(Set.of(FeatureGate.POD_CERTIFICATE_REQUEST))).stream()
                .filter(o -> !wanted.contains(o))).extracting(o -> o.gvk().kind() + " " + o.name())
                .containsExactlyInAnyOrder("ClusterRole system:node",
                        "ClusterRole system:controller:podcertificaterequestcleaner",
                        "ClusterRoleBinding system:controller:podcertificaterequestcleaner");
    }

    @Test
    void whatAGateIsForIsThereWhereItIsOn() {
        List<Obj> on = objects(new FeatureGates(Set.of(FeatureGate.CLUSTER_TRUST_BUNDLE)));
        List<Obj> more = on.stream().filter(o -> !wanted.contains(o)).toList();
        assertThat(more).extracting(o -> o.gvk().kind() + " " + o.name()).containsExactlyInAnyOrder(
                "ClusterRole system:node", "ClusterRole system:cluster-trust-bundle-discovery",
                "ClusterRole system:controller:kube-apiserver-serving-clustertrustbundle-publisher",
                "ClusterRoleBinding system:cluster-trust-bundle-discovery",
                "ClusterRoleBinding system:controller:kube-apiserver-serving-clustertrustbundle-publisher");
        assertThat(more).filteredOn(o -> o.name().equals("system:cluster-trust-bundle-discovery"))
                .filteredOn(o -> o.gvk().kind().equals("ClusterRole")).singleElement()
                .satisfies(o -> assertThat(o.tree().seq("rules").structs()).containsExactly(Struct.of("apiGroups",
                        List.of("certificates.k8s.io"), "resources", List.of("clustertrustbundles"), "verbs",
                        List.of("get", "list", "watch"))));
        assertThat(wanted).noneMatch(o -> o.toString().contains("clustertrustbundle"));
    }

    @Test
    void noObjectIsListedTwice() {
        assertThat(wanted).extracting(o -> o.gvk().kind() + " " + o.key()).doesNotHaveDuplicates();
    }

    @Test
    void mastersMayDoEverything() {
        assertThat(one("ClusterRoleBinding", "cluster-admin").tree().seq("subjects").struct(0))
                .isEqualTo(Struct.of("apiGroup", "rbac.authorization.k8s.io", "kind", "Group", "name",
                        "system:masters"));
        assertThat(one("ClusterRole", "cluster-admin").tree().seq("rules").size()).isEqualTo(2);
    }

    /// By its name kubelets, those of K3s included, ask whether the API server may read their logs and run commands.
    @Test
    void theApiServerMayDoEverythingOnNodesAsItsKubeletsKnowIt() {
        Struct binding = one("ClusterRoleBinding", "kube-apiserver-kubelet-admin").tree();
        assertThat(binding.struct("roleRef").text("name")).isEqualTo("system:kubelet-api-admin");
        assertThat(binding.seq("subjects").structs()).containsExactly(Struct.of("apiGroup",
                "rbac.authorization.k8s.io", "kind", "User", "name", "kube-apiserver"));
        assertThat(one("ClusterRole", "system:kubelet-api-admin").tree().seq("rules").structs()).anySatisfy(r -> {
            assertThat(r.seq("verbs").texts()).containsExactly("*");
            assertThat(r.seq("resources").texts()).contains("nodes/log", "nodes/metrics", "nodes/proxy", "nodes/stats");
        });
    }

    @Test
    void missingRulesAndSubjectsAreAddedAndOthersKept() {
        Obj role = one("ClusterRole", "system:basic-user");
        Struct own = Struct.of("verbs", List.of("get"), "apiGroups", List.of(""), "resources", List.of("pods"));
        Obj changed = role.with(Seq.of(own), "rules");
        Seq rules = BootstrapPolicy.complete(changed, role).tree().seq("rules");
        assertThat(rules.contains(own)).isTrue();
        assertThat(rules.size()).isEqualTo(3);
        assertThat(BootstrapPolicy.complete(role, role)).isEqualTo(role);
        Obj binding = one("ClusterRoleBinding", "system:public-info-viewer");
        assertThat(BootstrapPolicy.complete(binding.without("subjects"), binding).tree().seq("subjects").size())
                .isEqualTo(2);
    }

    @Test
    void viewAggregatesTheRolesLabelledForIt() {
        List<Obj> roles = wanted.stream().filter(o -> o.gvk().kind().equals("ClusterRole")).toList();
        Seq view = Aggregation.rules(one("ClusterRole", "view"), roles);
        List<Struct> labelled = new ArrayList<>();
        for (String role : List.of("system:aggregate-to-view", "system:aggregated-metrics-reader")) {
            labelled.addAll(one("ClusterRole", role).tree().seq("rules").structs());
        }
        assertThat(view).isEqualTo(Seq.copyOf(labelled));
        assertThat(view.structs()).noneMatch(r -> r.seq("resources").contains("secrets"));
        Seq edit = Aggregation.rules(one("ClusterRole", "edit"), roles);
        assertThat(edit.structs()).anyMatch(r -> r.seq("resources").contains("secrets"));
    }

    /// What people are given in a namespace, as upstream's `policy.go` of 1.36 has it.
    @Test
    void peopleOfANamespaceHaveUpstreamsRights() {
        for (String name : List.of("admin", "edit", "view")) {
            assertThat(one("ClusterRole", name).tree().struct("aggregationRule")).isEqualTo(Struct.of(
                    "clusterRoleSelectors", List.of(Struct.of("matchLabels", Struct.of(
                            "rbac.authorization.k8s.io/aggregate-to-" + name, "true")))));
        }
        assertThat(allows("system:aggregate-to-view", "list", "events.k8s.io", "events")).isTrue();
        assertThat(allows("system:aggregate-to-view", "watch", "resource.k8s.io", "resourceclaims/status")).isTrue();
        assertThat(allows("system:aggregate-to-view", "get", "extensions", "ingresses")).isTrue();
        assertThat(allows("system:aggregate-to-view", "get", "", "secrets")).isFalse();
        assertThat(allows("system:aggregate-to-edit", "patch", "resource.k8s.io", "resourceclaimtemplates")).isTrue();
        assertThat(allows("system:aggregate-to-edit", "create", "events.k8s.io", "events")).isTrue();
        assertThat(allows("system:monitoring", "get", "", "nodes/metrics")).isTrue();
        assertThat(allows("system:node", "get", "", "serviceaccounts")).isTrue();
        assertThat(allows("system:node", "create", "resource.k8s.io", "resourceslices")).isFalse();
        assertThat(allows("system:kube-scheduler", "update", "", "pods/finalizers")).isTrue();
        assertThat(wanted).allSatisfy(o -> o.tree().seq("rules").structs().forEach(rule -> {
            for (String field : rule.names()) {
                assertThat(rule.seq(field).texts()).as(o.name()).isSorted();
            }
        }));
    }

    private boolean allows(String role, String verb, String group, String resource) {
        return one("ClusterRole", role).tree().seq("rules").structs().stream()
                .anyMatch(r -> r.seq("verbs").contains(verb) && r.seq("apiGroups").contains(group)
                        && r.seq("resources").contains(resource));
    }
}
