package io.k3j.attacks;

import static io.k3j.attacks.Attacker.let;
import static io.k3j.attacks.Attacker.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Somebody with few rights at the API server tries to get more of them.
@NeedsMachine
@NeedsPackages("openssl")
@ExtendWith(Victim.Here.class)
class RightsAttacksItest {
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
    private static final String REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    private static final Account ROLES = Account.of("roles",
            "create,update,patch clusterroles.rbac.authorization.k8s.io",
            "create clusterrolebindings.rbac.authorization.k8s.io", "get pods");
    private static final Account PATCHER = Account.of("patcher", "patch configmaps",
            "update leases.coordination.k8s.io");
    private static final Account WATCHER = Account.of("watcher", "watch,get,list pods", "watch,get,list pods/exec");
    private static final Account DEPLOYER = Account.of("deployer", "create,update,patch pods",
            "patch pods/ephemeralcontainers");
    private static final Account REQUESTER = Account.of("requester",
            "create,get certificatesigningrequests.certificates.k8s.io",
            "patch certificatesigningrequests/status.certificates.k8s.io");
    private static final Account SPEAKER = Account.of("speaker", "impersonate groups",
            "impersonate uids.authentication.k8s.io");
    private static final Account REVIEWER = Account.of("reviewer", "create tokenreviews.authentication.k8s.io",
            "create serviceaccounts/token");
    private static final List<Account> ALL = List.of(ROLES, PATCHER, WATCHER, DEPLOYER, REQUESTER, SPEAKER, REVIEWER);
    private static final String PREY = """
            apiVersion: v1
            kind: Pod
            metadata: {name: prey, namespace: default}
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: c, image: "k3j.io/busybox:1", command: [sleep, "3600"]}]
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: baseline, labels: {pod-security.kubernetes.io/enforce: baseline}}
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: restricted, labels: {pod-security.kubernetes.io/enforce: restricted}}
            ---
            """;

    @BeforeAll
    static void begin(Victim victim) throws IOException, InterruptedException {
        victim.apply(PREY + ALL.stream().map(Account::yaml).collect(Collectors.joining()));
        for (String namespace : List.of("baseline", "restricted")) {
            // pods of a namespace are refused until it has one
            victim.until("kubectl get serviceaccount default -o name -n " + namespace, "serviceaccount/default");
        }
    }

    @AfterEach
    void goesOn(Victim victim) throws IOException, InterruptedException {
        victim.goesOn();
    }

    /// H1: harmless rules beside an aggregation that takes in all of cluster-admin.
    @Test
    void aRoleGrowsByNoAggregationOfWhatItsWriterDoesNotHold(Victim victim) throws IOException, InterruptedException {
        String rules = "\"rules\": [{\"apiGroups\": [\"\"], \"resources\": [\"pods\"], \"verbs\": [\"get\"]}]";
        String role = "{\"metadata\": {\"name\": \"grows\"}, " + rules;
        String greedy = role + ", \"aggregationRule\": {\"clusterRoleSelectors\": [{\"matchLabels\":"
                + " {\"kubernetes.io/bootstrapping\": \"rbac-defaults\"}}]}}";
        try (Attacker attacker = ROLES.attacks(victim)) {
            refused(attacker.post(RBAC + "clusterroles", greedy), 403, "must have cluster-admin privileges");
            let(attacker.post(RBAC + "clusterroles", role + "}"));
            refused(attacker.put(RBAC + "clusterroles/grows", greedy), 403, "must have cluster-admin privileges");
            refused(attacker.merge(RBAC + "clusterroles/grows", greedy), 403, "must have cluster-admin privileges");
            refused(attacker.merge(RBAC + "clusterroles/cluster-admin",
                    "{\"metadata\": {\"labels\": {\"rbac.authorization.k8s.io/aggregate-to-view\": \"true\"}}}"), 403,
                    "attempting to grant RBAC permissions not currently held");
            refused(attacker.post(RBAC + "clusterrolebindings", "{\"metadata\": {\"name\": \"own\"}, \"roleRef\":"
                    + " {\"apiGroup\": \"rbac.authorization.k8s.io\", \"kind\": \"ClusterRole\", \"name\":"
                    + " \"cluster-admin\"}, \"subjects\": [{\"kind\": \"ServiceAccount\", \"name\": \"roles\","
                    + " \"namespace\": \"default\"}]}"), 403,
                    "attempting to grant RBAC permissions not currently held");
        }
    }

    /// M-rule: a role of 1000⁴ combinations.
    @Test
    void aRoleOfMoreCombinationsThanAnybodyCountsIsJudgedAtOnce(Victim victim) throws IOException,
            InterruptedException {
        String huge = "{\"metadata\": {\"name\": \"huge\"}, \"rules\": [{\"verbs\": " + names("v") + ", \"apiGroups\": "
                + names("g") + ", \"resources\": " + names("r") + ", \"resourceNames\": " + names("n") + "}]}";
        try (Attacker attacker = ROLES.attacks(victim)) {
            refused(attacker.post(RBAC + "clusterroles", huge), 403,
                    "attempting to grant RBAC permissions not currently held");
        }
    }

    private static String names(String prefix) {
        return IntStream.range(0, 1000).mapToObj(i -> "\"" + prefix + i + "\"")
                .collect(Collectors.joining(",", "[", "]"));
    }

    /// H2: writes that create what is not there, by who may only change what is.
    @Test
    void anApplyAndAPutCreateNothingForWhoMayOnlyChange(Victim victim) throws IOException, InterruptedException {
        try (Attacker attacker = PATCHER.attacks(victim)) {
            refused(attacker.send("PATCH", MAPS + "/forged?fieldManager=m", "application/apply-patch+yaml",
                    "{apiVersion: v1, kind: ConfigMap, metadata: {name: forged}}"), 403,
                    "cannot create resource \"configmaps\"");
            refused(attacker.put(LEASES + "/forged", "{\"metadata\": {\"name\": \"forged\"}}"), 403,
                    "cannot create resource \"leases\"");
        }
        assertThat(victim.shell("kubectl get configmap,lease forged").text()).doesNotContain("AGE");
    }

    /// H3: `kubectl exec` by who may only look.
    @Test
    void theRightToWatchAndGetRunsNothingInAPod(Victim victim) throws IOException, InterruptedException {
        victim.until("kubectl get pod prey", "Running");
        String exec = "namespaces/default/pods/prey/exec?command=touch&command=/tmp/owned&stdout=true";
        try (Attacker attacker = WATCHER.attacks(victim)) {
            let(attacker.get("/api/v1/namespaces/default/pods/prey"));
            assertThat(attacker.webSocket("/api/v1/watch/" + exec)).isEqualTo(404);
            assertThat(attacker.webSocket("/api/v1/" + exec)).isEqualTo(403);
            refused(attacker.post("/api/v1/watch/" + exec, ""), 404, "");
            refused(attacker.post("/api/v1/" + exec, ""), 403, "cannot create resource \"pods/exec\"");
        }
        assertThat(victim.text("kubectl exec prey -- ls -a /tmp")).doesNotContain("owned");
    }

    /// M-podsecurity: what leads from a pod to its host.
    @Test
    void noPodThatReachesTheHostIsMadeWhereTheLevelForbidsIt(Victim victim) throws IOException, InterruptedException {
        String pods = "/api/v1/namespaces/%s/pods";
        String of = "'securityContext': {%s}";
        try (Attacker attacker = DEPLOYER.attacks(victim)) {
            for (String pod : List.of(pod("'hostNetwork': true", ""),
                    pod("'volumes': [{'name': 'v', 'hostPath': {'path': '/'}}]", ""),
                    pod(of.formatted("'seLinuxOptions': {'type': 'spc_t'}"), ""),
                    pod(of.formatted("'appArmorProfile': {'type': 'Unconfined'}"), ""),
                    pod("", of.formatted("'privileged': true")),
                    pod("", of.formatted("'capabilities': {'add': ['SYS_ADMIN']}")),
                    pod("", "'livenessProbe': {'httpGet': {'host': '127.0.0.1', 'port': 10250}}"))) {
                refused(attacker.post(pods.formatted("baseline"), pod), 403,
                        "violates PodSecurity \"baseline:latest\"");
            }
            String safe = of.formatted("'allowPrivilegeEscalation': false, 'runAsNonRoot': true,"
                    + " 'seccompProfile': {'type': 'RuntimeDefault'}, 'capabilities': {'drop': ['ALL']%s}");
            refused(attacker.post(pods.formatted("restricted"), pod("", safe.formatted(", 'add': ['CHOWN']"))), 403,
                    "must not include \"CHOWN\"");
            let(attacker.post(pods.formatted("restricted"), pod("", safe.formatted(""))));
            refused(attacker.post(pods.formatted("restricted"), pod("'os': {'name': 'windows'}",
                    of.formatted("'runAsNonRoot': true, 'capabilities': {'add': ['SYS_ADMIN']}"))), 422,
                    "capabilities: Forbidden: cannot be set for a windows pod");
            refused(attacker.send("PATCH", pods.formatted("restricted") + "/p/ephemeralcontainers",
                    "application/strategic-merge-patch+json", "{\"spec\": {\"ephemeralContainers\": [{\"name\": \"e\","
                            + " \"image\": \"i\", \"securityContext\": {\"privileged\": true}}]}}"),
                    403,
                    "violates PodSecurity \"restricted:latest\"");
        }
    }

    /// One that no node takes up.
    private static String pod(String spec, String container) {
        return ("{'metadata': {'name': 'p'}, 'spec': {'schedulerName': 'nobody', 'containers': [{'name': 'c', 'image':"
                + " 'i'" + (container.isEmpty() ? "" : ", ") + container + "}]" + (spec.isEmpty() ? "" : ", ") + spec
                + "}}").replace('\'', '"');
    }

    /// M-csr: who may tell the state of requests approves his own.
    @Test
    void whoMayWriteTheStatusOfARequestApprovesNone(Victim victim) throws IOException, InterruptedException {
        String request = victim.text("openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout"
                + " " + victim.dir() + "/mine.key -subj /O=developers/CN=mallory 2>/dev/null | base64 -w0");
        String approved = "{\"status\": {\"conditions\": [{\"type\": \"Approved\", \"status\": \"True\", \"reason\":"
                + " \"r\", \"message\": \"m\"}]}}";
        try (Attacker attacker = REQUESTER.attacks(victim)) {
            let(attacker.post(REQUESTS, "{\"metadata\": {\"name\": \"mine\"}, \"spec\": {\"request\": \"" + request
                    + "\", \"signerName\": \"kubernetes.io/kube-apiserver-client\", \"usages\": [\"client auth\"]}}"));
            refused(attacker.merge(REQUESTS + "/mine/status", approved.replace("Approved", "Failed")), 403,
                    "user not permitted to sign requests");
            refused(attacker.merge(REQUESTS + "/mine/status", approved), 422,
                    "updates may not add a condition of type");
            refused(attacker.merge(REQUESTS + "/mine/approval", approved), 403, "certificatesigningrequests/approval");
            assertThat(attacker.get(REQUESTS + "/mine").body()).contains("\"mine\"").doesNotContain("\"Approved\"");
        }
    }

    /// M-impersonate: groups of others, and none of their users.
    @Test
    void nobodyTakesGroupsWithoutAUserHeMayBe(Victim victim) throws IOException, InterruptedException {
        String secrets = "/api/v1/secrets";
        try (Attacker attacker = SPEAKER.attacks(victim)) {
            refused(attacker.get(secrets, "Impersonate-Group", "system:masters"), 400,
                    "without impersonating a user");
            refused(attacker.get(secrets, "Impersonate-Uid", "0"), 400, "without impersonating a user");
            refused(attacker.get(secrets, "Impersonate-User", "admin", "Impersonate-Group", "system:masters"), 403,
                    "cannot impersonate-on:user-info:list resource \"secrets\"");
            refused(attacker.get(secrets, "Impersonate-User", "system:serviceaccount:default:roles"), 403,
                    "cannot impersonate-on:serviceaccount:list resource \"secrets\"");
        }
    }

    /// M-impersonate: a token that is for one service only is shown to others.
    @Test
    void aTokenForOneServiceIsNoneForAnother(Victim victim) throws IOException, InterruptedException {
        String reviews = "/apis/authentication.k8s.io/v1/tokenreviews";
        try (Attacker attacker = REVIEWER.attacks(victim)) {
            HttpResponse<String> made = attacker.post("/api/v1/namespaces/default/serviceaccounts/roles/token",
                    "{\"spec\": {\"audiences\": [\"vault\"]}}");
            let(made);
            String token = made.body().replaceAll("(?s).*\"token\":\\s*\"([^\"]+)\".*", "$1");
            String spec = "{\"spec\": {\"token\": \"" + token + "\", \"audiences\": [%s]}}";
            assertThat(attacker.post(reviews, spec.formatted("\"vault\", \"bank\"")).body())
                    .contains("\"authenticated\":true").endsWith("\"audiences\":[\"vault\"]}}\n");
            assertThat(attacker.post(reviews, spec.formatted("\"bank\"")).body())
                    .doesNotContain("\"authenticated\":true").contains("\"status\":{");
            try (Attacker shown = new Attacker(victim.outside(), token)) {
                refused(shown.get("/api/v1/namespaces/default/pods/prey"), 401, "Unauthorized");
            }
        }
    }

    /// M-ignored: what nothing would enforce runs nowhere.
    @Test
    void whatNoNodeEnforcesIsNotPassedOverInSilence(Victim victim) throws IOException, InterruptedException {
        String pods = "/api/v1/namespaces/default/pods";
        try (Attacker attacker = DEPLOYER.attacks(victim)) {
            let(attacker.post(pods, placed("tuned", "'sysctls': [{'name': 'kernel.msgmax', 'value': '1'},"
                    + " {'name': 'vm.swappiness', 'value': '1'}]")));
            refused(attacker.post(pods, placed("outside", "'seccompProfile': {'type': 'Localhost', 'localhostProfile':"
                    + " '../../../../../etc/passwd'}")), 422, "must not contain '..'");
        }
        victim.until("kubectl get pod tuned -o jsonpath='{.status.phase} {.status.reason}'", "Failed SysctlForbidden");
    }

    /// One for any node.
    private static String placed(String name, String context) {
        return pod("'securityContext': {" + context + "}", "").replace("nobody", "default-scheduler")
                .replace("\"p\"", "\"" + name + "\"").replace("\"i\"", "\"k3j.io/busybox:1\"");
    }
}
