package io.k3j.authrbac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentbase.FeatureGates;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.testkit.FakeApi;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A user who may write cluster roles, and nothing else, tries to escalate.
class EscalationGuardTest {
    private static final Struct PODS = rule("get", "", "pods");
    private static final Struct EVERYTHING = rule("*", "*", "*");
    private static final Struct AGGREGATION = Struct.of("clusterRoleSelectors",
            Seq.of(Struct.of("matchLabels", Struct.of("kubernetes.io/bootstrapping", "rbac-defaults"))));
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    private final Rbac rbac = new Rbac(api);
    private final List<Authorizer> authorizers = new ArrayList<>(List.of(new RbacAuthorizer(rbac)));
    private final EscalationGuard guard = new EscalationGuard(rbac, authorizers);
    private final Schemas schemas = new Schemas();

    @AfterEach
    void close() {
        rbac.stop();
        api.close();
    }

    private static Struct rule(String verb, String group, String resource) {
        return Struct.of("verbs", List.of(verb), "apiGroups", List.of(group), "resources", List.of(resource));
    }

    private void grant(String... lines) {
        BootstrapPolicyText.parse(List.of(lines), FeatureGates.NONE).forEach(w -> api.seed(w.resource(), w.object()));
        api.deliver();
    }

    private static Struct role(Struct... rules) {
        return Struct.of("apiVersion", Rbac.GROUP + "/v1", "kind", "ClusterRole", "metadata", Struct.of("name", "r"),
                "rules", Seq.of((Object[]) rules));
    }

    private void write(Struct before, Struct after) {
        Gvk gvk = Gvk.of(Rbac.GROUP + "/v1", "ClusterRole");
        ResourceKind kind = new ResourceKind(Rbac.CLUSTER_ROLES, gvk,
                new ResourceKind.Names("", List.of(), List.of()), false, Set.of(), List.of(),
                new ResourceKind.Storage("/registry/x/", gvk), schemas.shape(gvk).orElseThrow(), List.of(),
                new ResourceKind.Strategy(true, false, false, true, true));
        boolean create = before.isEmpty();
        Write write = new Write(create ? Operation.CREATE : Operation.UPDATE, kind, "", Obj.of(after).key(),
                create ? Optional.empty() : Optional.of(before), Caller.of("joe", List.of()), false, Struct.EMPTY);
        guard.validate(write, after);
    }

    @Test
    void aHarmlessRuleDoesNotHideAnAggregation() {
        grant("ClusterRole own", "  get core pods", "ClusterRoleBinding own own u:joe");
        Struct both = role(PODS).with("aggregationRule", AGGREGATION);
        assertThatThrownBy(() -> write(role(), both)).isInstanceOf(ApiFault.class)
                .hasMessageContaining("must have cluster-admin privileges to use the aggregationRule");
        assertThatThrownBy(() -> write(Struct.EMPTY, both)).isInstanceOf(ApiFault.class);
    }

    @Test
    void anotherRoleCannotBeLabelledForAggregation() {
        grant("ClusterRole own", "  get core pods", "ClusterRoleBinding own own u:joe");
        Struct admin = role(EVERYTHING);
        Struct labelled = admin.with("metadata", Struct.of("name", "r", "labels",
                Struct.of("rbac.authorization.k8s.io/aggregate-to-view", "true")));
        assertThatThrownBy(() -> write(admin, labelled)).isInstanceOf(ApiFault.class);
    }

    @Test
    void garbageCollectorFieldsMayBeChangedWithoutTheRolesPermissions() {
        Struct admin = role(EVERYTHING).with("metadata", Struct.of("name", "r", "finalizers", List.of("x/y")));
        assertThatCode(() -> write(admin, role(EVERYTHING))).doesNotThrowAnyException();
    }

    @Test
    void aCallerThatMayEscalateMayGrantAnything() {
        grant("ClusterRole own", "  escalate rbac.authorization.k8s.io clusterroles",
                "ClusterRoleBinding own own u:joe");
        assertThatCode(() -> write(Struct.EMPTY, role(EVERYTHING).with("aggregationRule", AGGREGATION)))
                .doesNotThrowAnyException();
    }

    @Test
    void anAuthorizerBeforeRolesMayDenyWhatTheyAllow() {
        grant("ClusterRole own", "  escalate rbac.authorization.k8s.io clusterroles",
                "ClusterRoleBinding own own u:joe");
        authorizers.add((_, what) -> what.verb().equals("escalate") ? new Decision(Verdict.DENY, "")
                : Decision.NO_OPINION);
        assertThatThrownBy(() -> write(Struct.EMPTY, role(EVERYTHING))).isInstanceOf(ApiFault.class)
                .hasMessageContaining("attempting to grant RBAC permissions not currently held");
    }

    /// As upstream: resource by resource, only what is missing of each.
    @Test
    void aRefusalTellsWhatIsMissing() {
        grant("ClusterRole own", "  get core pods,services", "  get url /healthz", "ClusterRoleBinding own own u:joe");
        Struct wanted = Struct.of("verbs", List.of("watch", "get", "list"), "apiGroups", List.of(""), "resources",
                List.of("services", "pods", "pods/log"));
        Struct named = Struct.of("verbs", List.of("get"), "apiGroups", List.of(""), "resources", List.of("secrets"),
                "resourceNames", List.of("b", "a"));
        Struct paths = Struct.of("verbs", List.of("get", "put"), "nonResourceURLs", List.of("/healthz"));
        assertThatThrownBy(() -> write(Struct.EMPTY, role(wanted, named, paths))).hasMessage("""
                clusterroles.rbac.authorization.k8s.io "r" is forbidden: user "joe" (groups=[]) is attempting to grant \
                RBAC permissions not currently held:
                {APIGroups:[""], Resources:["pods"], Verbs:["watch" "list"]}
                {APIGroups:[""], Resources:["pods/log"], Verbs:["watch" "get" "list"]}
                {APIGroups:[""], Resources:["secrets"], ResourceNames:["a"], Verbs:["get"]}
                {APIGroups:[""], Resources:["secrets"], ResourceNames:["b"], Verbs:["get"]}
                {APIGroups:[""], Resources:["services"], Verbs:["watch" "list"]}
                {NonResourceURLs:["/healthz"], Verbs:["put"]}""");
    }

    /// However many rights a rule stands for, one that is missing refuses it.
    @Test
    void oneRightIsMissingAmongMany() {
        int many = MissingRights.MOST + 1;
        List<String> resources = IntStream.range(0, many).mapToObj(i -> "r" + i).toList();
        grant("ClusterRole own", "  get core " + String.join(",", resources.subList(0, many - 1)),
                "ClusterRoleBinding own own u:joe");
        assertThatThrownBy(() -> write(Struct.EMPTY, role(Struct.of("verbs", List.of("get"), "apiGroups", List.of(""),
                "resources", resources)))).isInstanceOf(ApiFault.class).hasMessageContaining("not currently held:\n{");
    }

    /// Combinations that nobody counts, and words of any length, are neither looked at nor told one by one.
    @Test
    void whatIsMissingIsToldWithinBounds() {
        List<String> words = IntStream.range(0, 1000).mapToObj(i -> "w" + i).toList();
        Struct huge = Struct.of("verbs", words, "apiGroups", words, "resources", words, "resourceNames", words);
        Struct paths = Struct.of("verbs", words, "nonResourceURLs", words);
        Struct wordy = Struct.of("verbs", List.of("get"), "apiGroups", List.of("g".repeat(100_000)), "resources",
                words);
        for (Struct rule : List.of(huge, paths, wordy)) {
            assertThatThrownBy(() -> write(Struct.EMPTY, role(rule))).isInstanceOf(ApiFault.class)
                    .hasMessageContaining("not currently held:\n{")
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1_000_000));
        }
    }

    @Test
    void anAuthorizerMayAllowWhatNoRoleDoes() {
        authorizers.addFirst((_, _) -> new Decision(Verdict.ALLOW, ""));
        assertThatCode(() -> write(Struct.EMPTY, role(EVERYTHING).with("aggregationRule", AGGREGATION)))
                .doesNotThrowAnyException();
    }

    @Test
    void theCheckOfALargeRoleIsBounded() {
        int resources = 2000;
        String[] lines = new String[resources + 2];
        lines[0] = "ClusterRole own";
        for (int i = 0; i < resources; i++) {
            lines[i + 1] = "  get core r" + i;
        }
        lines[resources + 1] = "ClusterRoleBinding own own u:joe";
        grant(lines);
        Struct wide = Struct.of("verbs", List.of("get"), "apiGroups", List.of(""), "resources",
                IntStream.range(0, Coverage.MAX_STEPS / resources / 2).mapToObj(i -> "r" + i).toList());
        assertThatCode(() -> write(Struct.EMPTY, role(wide))).doesNotThrowAnyException();
        assertThatThrownBy(() -> write(Struct.EMPTY, role(wide, wide, wide))).isInstanceOf(ApiFault.class)
                .hasMessageContaining("attempting to grant RBAC permissions not currently held");
    }
}
