package io.k3j.authrbac;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleIndexTest {
    private static RuleIndex index(String... lines) {
        List<BootstrapText.Wanted> all = BootstrapText.read(List.of(lines));
        return new RuleIndex(of(all, "Role"), of(all, "ClusterRole"), of(all, "RoleBinding"),
                of(all, "ClusterRoleBinding"));
    }

    private static List<Obj> of(List<BootstrapText.Wanted> all, String kind) {
        return all.stream().map(BootstrapText.Wanted::object).filter(o -> o.gvk().kind().equals(kind)).toList();
    }

    private static Attributes resource(String verb, String group, String resource, String namespace, String name) {
        int slash = resource.indexOf('/');
        return new Attributes(verb, group, "v1", slash < 0 ? resource : resource.substring(0, slash),
                slash < 0 ? "" : resource.substring(slash + 1), namespace, name, "");
    }

    @ParameterizedTest
    @CsvSource({"get,pods,default,true", "get,pods/log,default,false", "list,pods,other,false",
            "delete,pods,default,false"})
    void aRoleIsGoodInItsNamespaceOnly(String verb, String resource, String namespace, boolean allowed) {
        RuleIndex index = index("Role default/r", "  R core pods", "RoleBinding default/b Role/r u:joe");
        assertThat(index.why(Caller.of("joe", List.of()), resource(verb, "", resource, namespace, "")).isPresent())
                .isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({"pods/scale,false", "deployments/scale,true", "deployments,false"})
    void aStarCanStandForTheResourceOfASubresource(String resource, boolean allowed) {
        RuleIndex index = index("ClusterRole r", "  get apps */scale", "ClusterRoleBinding b r g:team");
        String group = resource.startsWith("pods") ? "" : "apps";
        assertThat(index.why(Caller.of("joe", List.of("team")), resource("get", group, resource, "x", "")).isPresent())
                .isEqualTo(allowed);
    }

    @Test
    void namesAndServiceAccountsAreMatched() {
        RuleIndex index = index("ClusterRole r", "  get core secrets one", "ClusterRoleBinding b r s:ns/robot");
        Caller robot = Caller.of("system:serviceaccount:ns:robot", List.of());
        assertThat(index.why(robot, resource("get", "", "secrets", "x", "one"))).contains(
                "RBAC: allowed by ClusterRoleBinding \"b\" of ClusterRole \"r\" to ServiceAccount \"robot/ns\"");
        assertThat(index.why(robot, resource("get", "", "secrets", "x", "two"))).isEmpty();
        assertThat(index.why(robot, resource("list", "", "secrets", "x", ""))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/healthz,true", "/healthz/etcd,true", "/health,false", "/metrics,false"})
    void pathsMayEndInAStar(String path, boolean allowed) {
        RuleIndex index = index("ClusterRole r", "  get url /healthz,/healthz/*", "ClusterRoleBinding b r u:joe");
        assertThat(index.why(Caller.of("joe", List.of()), Attributes.path("get", path)).isPresent())
                .isEqualTo(allowed);
    }

    @Test
    void aBindingToAMissingRoleAllowsNothing() {
        RuleIndex index = index("ClusterRoleBinding b nothing u:joe");
        assertThat(index.rules(Caller.of("joe", List.of()), "")).isEmpty();
    }

    @Test
    void aRuleIsCoveredPartByPart() {
        Rule wanted = Rule.of(Struct.of("verbs", List.of("get", "list"), "apiGroups", List.of(""), "resources",
                List.of("pods", "pods/log")));
        Rule reads = Rule.of(Struct.of("verbs", List.of("get"), "apiGroups", List.of(""), "resources",
                List.of("pods", "pods/log")));
        Rule lists = Rule.of(Struct.of("verbs", List.of("list"), "apiGroups", List.of("*"), "resources",
                List.of("*")));
        assertThat(wanted.coveredBy(List.of(reads))).isFalse();
        assertThat(wanted.coveredBy(List.of(reads, lists))).isTrue();
        assertThat(wanted.shown()).isEqualTo(
                "{APIGroups:[\"\"], Resources:[\"pods\" \"pods/log\"], Verbs:[\"get\" \"list\"]}");
    }

    private static List<String> names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    /// 1000⁴ combinations, each of which one of two rules allows.
    @Test
    @Timeout(10)
    void aHugeRuleIsJudgedWithoutItsProduct() {
        List<String> verbs = names("v", 1000);
        Struct wanted = Struct.of("verbs", verbs, "apiGroups", names("g", 1000), "resources", names("r", 1000),
                "resourceNames", names("n", 1000));
        Rule first = Rule.of(wanted.with("verbs", verbs.subList(0, 500)));
        Rule second = Rule.of(wanted.with("verbs", verbs.subList(500, 1000)));
        assertThat(Rule.of(wanted).coveredBy(List.of(first, second))).isTrue();
        assertThat(Rule.of(wanted).coveredBy(List.of(first))).isFalse();
    }

    /// Rules cut so that every value of every field is held by another selection of them.
    @Test
    @Timeout(20)
    void whatTakesTooLongToJudgeIsNotCovered() {
        List<Rule> owned = new ArrayList<>();
        for (int cut = 0; cut < 400; cut++) {
            int c = cut;
            owned.add(Rule.of(Struct.of("verbs", without("v", c), "apiGroups", without("g", c), "resources",
                    without("r", c), "resourceNames", without("n", c))));
        }
        Rule wanted = Rule.of(Struct.of("verbs", names("v", 400), "apiGroups", names("g", 400), "resources",
                names("r", 400), "resourceNames", names("n", 400)));
        assertThat(wanted.coveredBy(owned)).isFalse();
    }

    private static List<String> without(String prefix, int cut) {
        return names(prefix, 400).stream().filter(n -> !n.equals(prefix + cut)).toList();
    }
}
