package io.k3j.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkit.HostileBodies;
import io.k3j.testkit.HostileKinds;
import io.k3j.testkit.HostileRequest;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// Thousands of bodies of all sizes that are meant to cost the API server more than they weigh, of built-in and custom
/// kinds, in JSON, YAML and protobuf, before every admission plug-in. It answers each, and goes on. What one costs is
/// measured beside the code, by `HostileBodiesTest` of `resources-builtin` and its like.
@Tag("data")
@NeedsMachine
@ExtendWith(Victim.Here.class)
class HostileBodiesItest {
    private static final String VERBS = "create,update,patch ";
    private static final Account WRITER = Account.of("bodies", Stream.of("configmaps", "secrets", "pods", "services",
            "deployments.apps", "jobs.batch", "endpointslices.discovery.k8s.io", "networkpolicies.networking.k8s.io",
            "ingresses.networking.k8s.io", "roles.rbac.authorization.k8s.io", "things.hostile.k3j.io")
            .map(VERBS::concat).toArray(String[]::new));
    /// What is written there concerns no other attack.
    private static final String NAMESPACE = "hostile";
    private static final String LIMITS = """
            apiVersion: v1
            kind: LimitRange
            metadata: {name: limits, namespace: hostile}
            spec: {limits: [{type: Container, default: {cpu: "1", memory: 1Gi}, max: {cpu: "1", memory: 1Gi}}]}
            ---
            """;
    private static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private static final int MANY = 10_000;
    /// Of so many one is larger than 16 KiB, 384 KiB at least: it takes up to a second or two.
    private static final int LARGE_EVERY = 200;
    private static final int CHECKED_EVERY = 100;
    private static final int LONGEST = 2 << 20;
    private static final int TOO_MANY = 429;

    @BeforeAll
    static void begin(Victim victim) throws IOException, InterruptedException {
        victim.apply("apiVersion: v1\nkind: Namespace\nmetadata: {name: " + NAMESPACE
                + ", labels: {pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/warn:"
                + " restricted}}\n---\n" + LIMITS + WRITER.yaml()
                + new String(HostileBodies.definition(), StandardCharsets.UTF_8));
        victim.until("kubectl get things -n " + NAMESPACE, "No resources found");
    }

    /// What runs there takes the node's processors from the tests that follow.
    @AfterAll
    static void end(Victim victim) throws IOException, InterruptedException {
        victim.text("kubectl -n " + NAMESPACE + " delete deployments,replicasets,jobs,pods --all --now --wait=false");
    }

    @Test
    void aThousandAreAnswered(Victim victim) throws IOException, InterruptedException {
        areAnswered(victim, MANY / 10, LARGE_EVERY / 2);
    }

    @Test
    @Tag("full")
    void tenThousandAreAnswered(Victim victim) throws IOException, InterruptedException {
        areAnswered(victim, MANY, LARGE_EVERY);
    }

    @Test
    @Tag("full")
    @Timeout(4 * 60 * 60)
    void aMillionAreAnswered(Victim victim) throws IOException, InterruptedException {
        areAnswered(victim, 100 * MANY, 10 * LARGE_EVERY);
    }

    private static void areAnswered(Victim victim, int many, int largeEvery) throws IOException, InterruptedException {
        long seed = Long.getLong("k3j.seed", Long.getLong("k3j.series", ThreadLocalRandom.current().nextLong()));
        System.out.println("HostileBodies: seed " + seed);
        HostileBodies bodies = new HostileBodies(seed, largeEvery, NAMESPACE, HostileKinds.ALL);
        try (Attacker attacker = WRITER.attacks(victim)) {
            for (HostileRequest request : bodies.begin()) {
                assertThat(answer(attacker, request).statusCode()).as(request.toString()).isIn(200, 201, 403, 409, 422);
            }
            for (int i = 1; i <= many; i++) {
                HostileRequest request = bodies.next();
                String what = "seed " + seed + ", " + i + ": " + request;
                HttpResponse<String> answer = answer(attacker, request);
                assertThat(answer.statusCode()).as("%s%n%.500s", what, answer.body())
                        .isLessThan(HostileBodies.known(answer.body()) ? 501 : 500)
                        .isNotEqualTo(TOO_MANY);
                assertThat(answer.body().length()).as(what).isLessThan(LONGEST);
                if (i % CHECKED_EVERY == 0) {
                    victim.goesOn();
                }
            }
        }
        victim.goesOn();
    }

    private static HttpResponse<String> answer(Attacker attacker, HostileRequest request) throws IOException,
            InterruptedException {
        return attacker.send(request.method(), request.path(), request.type(), request.body());
    }

    /// A definition's own lists: versions, columns, properties, enumerations.
    @Test
    void definitionsWithLongListsAreAnswered(Victim victim) throws IOException, InterruptedException {
        List<String> holes = List.of("\"versions\":[@]",
                "\"versions\":[{\"name\":\"v1\",\"served\":true,\"storage\":true,"
                        + "\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\",\"enum\":[@]}}}]",
                "\"versions\":[{\"name\":\"v1\",\"served\":true,\"storage\":true,\"additionalPrinterColumns\":[@],"
                        + "\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\"}}}]");
        for (String hole : holes) {
            for (String element : List.of("{}", "[]", "null", "\"v\"", "{\"name\":\"v\"}")) {
                String list = Stream.generate(() -> element).limit(HostileBodies.LARGEST / (element.length() + 2))
                        .collect(Collectors.joining(","));
                String body = "{\"metadata\":{\"name\":\"as.example.com\"},\"spec\":{\"group\":\"example.com\","
                        + "\"scope\":\"Namespaced\",\"names\":{\"plural\":\"as\",\"kind\":\"A\"},"
                        + hole.replace("@", list)
                        + "}}";
                HttpResponse<String> answer = victim.admin().send("POST", DEFINITIONS + "?dryRun=All", Api.JSON,
                        body.getBytes(StandardCharsets.UTF_8));
                assertThat(answer.statusCode()).as("%s %s%n%.500s", hole, element, answer.body())
                        .isBetween(400, HostileBodies.known(answer.body()) ? 500 : 499);
                victim.goesOn();
            }
        }
    }
}
