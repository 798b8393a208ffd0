package io.k3j.attacks;

import static io.k3j.attacks.Attacker.let;
import static io.k3j.attacks.Attacker.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Somebody who may make pods and Services turns them against the node, the network and other tenants.
@NeedsMachine
@ExtendWith(Victim.Here.class)
class TenantAttacksItest {
    private static final String PODS = "/api/v1/namespaces/default/pods";
    private static final String SERVICES = "/api/v1/namespaces/default/services";
    private static final String STRATEGIC = "application/strategic-merge-patch+json";
    private static final Account TENANT = Account.of("tenant", "create,get pods", "patch pods/status",
            "patch pods/resize", "patch pods/ephemeralcontainers", "create services", "patch services/status");
    private static final String OBJECTS = """
            apiVersion: v1
            kind: Pod
            metadata: {name: shop, namespace: default, labels: {app: shop}}
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: c, image: "k3j.io/busybox:1", command: [httpd, -f, -p, "8080", -h, /etc]}]
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: limited}
            ---
            apiVersion: v1
            kind: LimitRange
            metadata: {name: limits, namespace: limited}
            spec: {limits: [{type: Container, max: {cpu: "1", memory: 1Gi}}]}
            ---
            """;

    @BeforeAll
    static void begin(Victim victim) throws IOException, InterruptedException {
        victim.apply(OBJECTS + TENANT.yaml());
        victim.until("kubectl get pod shop", "Running");
        // pods of a namespace are refused until it has one
        victim.until("kubectl get serviceaccount default -o name -n limited", "serviceaccount/default");
        victim.until("kubectl get service kube-dns -n kube-system", "10.43.0.10");
    }

    @AfterEach
    void goesOn(Victim victim) throws IOException, InterruptedException {
        victim.goesOn();
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private static String pod(String name, String spec, String container) {
        return json("{'metadata': {'name': '" + name + "'}, 'spec': {" + spec + "'terminationGracePeriodSeconds': 0,"
                + " 'containers': [{'name': 'c', 'image': 'k3j.io/busybox:1', " + container + "}]}}");
    }

    /// N1: what the API server takes for Windows, no node that runs Linux runs.
    @Test
    void aPodForAnotherSystemRunsNowhere(Victim victim) throws IOException, InterruptedException {
        try (Attacker attacker = TENANT.attacks(victim)) {
            let(attacker.post(PODS, pod("foreign", "'os': {'name': 'windows'}, ", "'command': ['sleep', '3600']")));
        }
        victim.until("kubectl get pod foreign -o jsonpath='{.status.phase} {.status.reason}'",
                "Failed PodOSNotSupported");
    }

    /// N2: ranges and addresses in forms that the packet filter refuses, or that are another Service's.
    @Test
    void noServiceStopsThoseOfOthers(Victim victim) throws IOException, InterruptedException {
        String balanced = "{'metadata': {'name': 'poison'}, 'spec': {'type': 'LoadBalancer', 'selector': {'app':"
                + " 'shop'}, 'ports': [{'port': 8081, 'targetPort': 8080}], 'loadBalancerSourceRanges': ['%s']}}";
        String plain = "{'metadata': {'name': 'poison'}, 'spec': {'clusterIP': '%s', 'ports': [{'port': 53}]}}";
        try (Attacker attacker = TENANT.attacks(victim)) {
            for (String range : List.of("10.1/16", "2001:db8::1%1/64", "anywhere")) {
                refused(attacker.post(SERVICES, json(balanced.formatted(range))), 422, "must be a valid CIDR value");
            }
            refused(attacker.post(SERVICES, json(balanced.formatted("::ffff:10.0.0.0/104"))), 422,
                    "must not have an IPv4-mapped IPv6 address");
            for (String address : List.of("10.43.10", "fe80::1%1")) {
                refused(attacker.post(SERVICES, json(plain.formatted(address))), 422, "must be a valid IP address");
            }
            refused(attacker.post(SERVICES, json(plain.formatted("::ffff:10.43.0.10"))), 422,
                    "must not be an IPv4-mapped IPv6 address");
            refused(attacker.post(SERVICES, json(plain.formatted("010.43.0.10"))), 422, "must not have leading 0s");
            refused(attacker.post(SERVICES, json(plain.formatted("10.43.0.10"))), 422, "already allocated");
            let(attacker.post(SERVICES, json("{'metadata': {'name': 'shop'}, 'spec': {'selector': {'app': 'shop'},"
                    + " 'ports': [{'port': 80, 'targetPort': 8080}]}}")));
            String poisoned = json("{'status': {'loadBalancer': {'ingress': [{'ip': '10.1'}]}}}");
            refused(attacker.merge(SERVICES + "/shop/status", poisoned), 422, "may only be used when");
            let(attacker.post(SERVICES, json(balanced.formatted("10.1.0.0/16"))));
            refused(attacker.merge(SERVICES + "/poison/status", poisoned), 422, "must be a valid IP address");
        }
        victim.until("curl -s -m 5 http://$(kubectl get service shop -o jsonpath={.spec.clusterIP})/hostname", "shop");
    }

    /// N10: a path and headers that hold a second request.
    @Test
    void aProbeIsOneRequest(Victim victim) throws IOException, InterruptedException {
        // one that is late may be given up before it has said a word
        String probe = "'command': ['sh', '-c', 'while true; do nc -l -p 9090 >> /tmp/got; done'], 'readinessProbe':"
                + " {'periodSeconds': 1, 'httpGet': {'port': 9090, 'path': '/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\nPUT"
                + " /owned', 'httpHeaders': [{'name': '%s', 'value': '%s'}]}}";
        try (Attacker attacker = TENANT.attacks(victim)) {
            refused(attacker.post(PODS, pod("probed", "", probe.formatted("X-A: b\\r\\nX-B", "c"))), 422,
                    "a valid HTTP header must consist of");
            let(attacker.post(PODS, pod("probed", "", probe.formatted("X-A", "b"))));
        }
        victim.until("kubectl exec probed -- cat /tmp/got", "GET /");
        assertThat(victim.text("kubectl exec probed -- cat /tmp/got")).contains("%0D%0A").doesNotContain("\nPUT ");
    }

    /// N13: what the kubelet makes paths of.
    @Test
    void theStatusOfAPodLeadsNowhere(Victim victim) throws IOException, InterruptedException {
        try (Attacker attacker = TENANT.attacks(victim)) {
            let(attacker.post(PODS, pod("drifting", "'schedulerName': 'nobody', ", "'command': ['sleep', '1']")));
            for (String status : List.of("'qosClass': '../../../../tmp/x'", "'qosClass': 'Guaranteed'",
                    "'podIPs': [{'ip': '10.1'}]")) {
                refused(attacker.merge(PODS + "/drifting/status", json("{'status': {" + status + "}}")), 422,
                        "status." + status.substring(1, status.indexOf('\'', 1)));
            }
        }
    }

    /// N14: a small pod grows past what its namespace allows.
    @Test
    void noPodGrowsPastALimitOfItsNamespace(Victim victim) throws IOException, InterruptedException {
        String pods = "/api/v1/namespaces/limited/pods";
        String amounts = "'resources': {'requests': {'cpu': '%1$s', 'memory': '16Mi'}, 'limits': {'cpu': '%1$s',"
                + " 'memory': '16Mi'}}";
        try (Attacker attacker = TENANT.attacks(victim)) {
            String small = "'command': ['sleep', '3600'], " + amounts.formatted("10m");
            let(attacker.post(pods, pod("grows", "", small)));
            victim.until("kubectl -n limited get pod grows", "Running");
            refused(attacker.send("PATCH", pods + "/grows/resize", STRATEGIC, json("{'spec': {'containers': [{'name':"
                    + " 'c', " + amounts.formatted("1001m") + "}]}}")), 403,
                    "maximum cpu usage per Container is 1");
        }
        assertThat(victim.text("kubectl -n limited get pod grows -o jsonpath={.spec.containers[0].resources.limits}"))
                .contains("10m");
    }

    /// N15: behind the Service of others, by a right that is about something else.
    @Test
    void whoMayDebugOrResizeAPodRelabelsNone(Victim victim) throws IOException, InterruptedException {
        String metadata = json("{'metadata': {'labels': {'app': 'bank'}, 'annotations': {'a': 'bank'}, 'finalizers':"
                + " ['bank.example/f']}}");
        try (Attacker attacker = TENANT.attacks(victim)) {
            let(attacker.post(PODS, pod("relabelled", "'schedulerName': 'nobody', ", "'command': ['sleep', '1']")));
            for (String right : List.of("resize", "ephemeralcontainers")) {
                for (String type : List.of("application/merge-patch+json", STRATEGIC)) {
                    assertThat(attacker.send("PATCH", PODS + "/relabelled/" + right, type, metadata).statusCode())
                            .as(right).isLessThan(500);
                }
            }
            assertThat(attacker.get(PODS + "/relabelled").body()).contains("\"relabelled\"").doesNotContain("bank");
        }
    }
}
