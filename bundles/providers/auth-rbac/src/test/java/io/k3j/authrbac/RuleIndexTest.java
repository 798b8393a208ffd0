package io.k3j.authrbac;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.componentbase.FeatureGates;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleIndexTest {
    private static RuleIndex index(String... lines) {
        List<BootstrapPolicyText.Wanted> all = BootstrapPolicyText.parse(List.of(lines), FeatureGates.NONE);
        return new RuleIndex(of(all, "Role"), of(all, "ClusterRole"), of(all, "RoleBinding"),
                of(all, "ClusterRoleBinding"));
    }

    private static List<Obj> of(List<BootstrapPolicyText.Wanted> all, String kind) {
        return all.stream().map(BootstrapPolicyText.Wanted::object).filter(o -> o.gvk().kind().equals(kind)).toList();
    }

    private static Attributes resource(String verb, String group, String resource, String namespace, String name) {
        int slash = resource.indexOf('/');
        return new Attributes(verb, group, "v1", slash < 0 ? resource : resource.substring(0, slash),
                slash < 0 ? "" : resource.substring(slash + 1), namespace, name, "");
    }

    @ParameterizedTest
    @CsvSource({"get,pods,default,true", "get,pods/log,default,false", "list,pods,other,false",
            "delete,pods,default,false"})
    void aRoleAppliesInItsNamespaceOnly(String verb, String resource, String namespace, boolean allowed) {
        RuleIndex index = index("Role default/r", "  R core pods", "RoleBinding default/b Role/r u:joe");
        assertThat(index.reason(Caller.of("joe", List.of()), resource(verb, "", resource, namespace, "")).isPresent())
                .isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({"pods/scale,false", "deployments/scale,true", "deployments,false"})
    void aWildcardMatchesTheResourceOfASubresource(String resource, boolean allowed) {
        RuleIndex index = index("ClusterRole r", "  get apps */scale", "ClusterRoleBinding b r g:team");
        String group = resource.startsWith("pods") ? "" : "apps";
        assertThat(
                index.reason(Caller.of("joe", List.of("team")), resource("get", group, resource, "x", "")).isPresent())
                .isEqualTo(allowed);
    }

    @Test
    void namesAndServiceAccountsAreMatched() {
        RuleIndex index = index("ClusterRole r", "  get core secrets one", "ClusterRoleBinding b r s:ns/robot");
        Caller robot = Caller.of("system:serviceaccount:ns:robot", List.of());
        assertThat(index.reason(robot, resource("get", "", "secrets", "x", "one"))).contains(
                "RBAC: allowed by ClusterRoleBinding \"b\" of ClusterRole \"r\" to ServiceAccount \"robot/ns\"");
        assertThat(index.reason(robot, resource("get", "", "secrets", "x", "two"))).isEmpty();
        assertThat(index.reason(robot, resource("list", "", "secrets", "x", ""))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/healthz,true", "/healthz/etcd,true", "/health,false", "/metrics,false"})
    void pathsMayEndInAWildcard(String path, boolean allowed) {
        RuleIndex index = index("ClusterRole r", "  get url /healthz,/healthz/*", "ClusterRoleBinding b r u:joe");
        assertThat(index.reason(Caller.of("joe", List.of()), Attributes.path("get", path)).isPresent())
                .isEqualTo(allowed);
    }

    @Test
    void aBindingToAMissingRoleAllowsNothing() {
        RuleIndex index = index("ClusterRoleBinding b nothing u:joe");
        assertThat(index.rules(Caller.of("joe", List.of()), "")).isEmpty();
    }

    @Test
    void aSubjectThatIsNamedAgainIsGrantedOnce() {
        Obj binding = of(BootstrapPolicyText.parse(List.of("ClusterRoleBinding b r u:joe"), FeatureGates.NONE),
                "ClusterRoleBinding").getFirst();
        Struct joe = binding.tree().seq("subjects").struct(0);
        Obj again = binding.with(Seq.copyOf(Collections.nCopies(1000, joe)), "subjects");
        RuleIndex index = new RuleIndex(List.of(), of(BootstrapPolicyText.parse(List.of("ClusterRole r",
                "  get core pods"), FeatureGates.NONE), "ClusterRole"), List.of(), List.of(again));
        assertThat(index.rules(Caller.of("joe", List.of()), "")).hasSize(1);
    }

    /// What is told of one namespace leaves the others as they were.
    @Test
    void changesAreTakenInOneByOne() {
        RuleIndex index = index("Role a/r", "  R core pods", "RoleBinding a/b Role/r u:joe",
                "RoleBinding a/c Role/r u:ann", "Role b/r", "  R core pods", "RoleBinding b/b Role/r u:joe");
        assertThat(mayGet(index, "joe", "a")).isTrue();
        index.bindingGone(new Key("a", "b"));
        assertThat(mayGet(index, "joe", "a")).isFalse();
        assertThat(mayGet(index, "ann", "a")).isTrue();
        assertThat(mayGet(index, "joe", "b")).isTrue();
        index.roleGone(new Key("b", "r"));
        assertThat(mayGet(index, "joe", "b")).isFalse();
        index.role(of(BootstrapPolicyText.parse(List.of("Role b/r", "  get core pods"), FeatureGates.NONE), "Role")
                .getFirst());
        assertThat(mayGet(index, "joe", "b")).as("the binding was there all the time").isTrue();
        index.bindingGone(new Key("a", "c"));
        assertThat(mayGet(index, "ann", "a")).isFalse();
    }

    private static boolean mayGet(RuleIndex index, String user, String namespace) {
        return index.reason(Caller.of(user, List.of()), resource("get", "", "pods", namespace, "p")).isPresent();
    }

    @Test
    void aRuleIsCoveredByRulesTogether() {
        PolicyRule wanted = PolicyRule
                .of(Struct.of("verbs", List.of("get", "list"), "apiGroups", List.of(""), "resources",
                        List.of("pods", "pods/log")));
        PolicyRule reads = PolicyRule.of(Struct.of("verbs", List.of("get"), "apiGroups", List.of(""), "resources",
                List.of("pods", "pods/log")));
        PolicyRule lists = PolicyRule.of(Struct.of("verbs", List.of("list"), "apiGroups", List.of("*"), "resources",
                List.of("*")));
        assertThat(wanted.coveredBy(List.of(reads))).isFalse();
        assertThat(wanted.coveredBy(List.of(reads, lists))).isTrue();
    }

    private static List<String> names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    /// 1000⁴ combinations, each allowed by one of two rules.
    @Test
    @Timeout(120)
    void aHugeRuleIsCheckedWithoutEnumeratingItsProduct() {
        List<String> verbs = names("v", 1000);
        Struct wanted = Struct.of("verbs", verbs, "apiGroups", names("g", 1000), "resources", names("r", 1000),
                "resourceNames", names("n", 1000));
        PolicyRule first = PolicyRule.of(wanted.with("verbs", verbs.subList(0, 500)));
        PolicyRule second = PolicyRule.of(wanted.with("verbs", verbs.subList(500, 1000)));
        assertThat(PolicyRule.of(wanted).coveredBy(List.of(first, second))).isTrue();
        assertThat(PolicyRule.of(wanted).coveredBy(List.of(first))).isFalse();
    }

    /// Each value of each field is held by a different subset of the rules.
    @Test
    @Timeout(120)
    void anUndecidedRuleIsNotCovered() {
        List<PolicyRule> owned = new ArrayList<>();
        for (int cut = 0; cut < 400; cut++) {
            int c = cut;
            owned.add(PolicyRule.of(Struct.of("verbs", without("v", c), "apiGroups", without("g", c), "resources",
                    without("r", c), "resourceNames", without("n", c))));
        }
        PolicyRule wanted = PolicyRule.of(Struct.of("verbs", names("v", 400), "apiGroups", names("g", 400), "resources",
                names("r", 400), "resourceNames", names("n", 400)));
        assertThat(wanted.coveredBy(owned)).isFalse();
    }

    private static List<String> without(String prefix, int cut) {
        return names(prefix, 400).stream().filter(n -> !n.equals(prefix + cut)).toList();
    }
}
