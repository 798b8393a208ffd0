package io.k3j.attacks;

import static io.k3j.attacks.Attacker.let;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Few requests that are meant to take all memory, all processors or all places of the API server. Each is answered
/// within the time that an [Attacker] waits; thousands of other bodies: [HostileBodiesItest].
@NeedsMachine
@ExtendWith(Victim.Here.class)
class ExhaustionAttacksItest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String DRY = "?dryRun=All";
    private static final Account MAKER = Account.of("maker", "create,update,patch,list,watch configmaps",
            "create pods");
    private static final Account BYSTANDER = Account.of("bystander", "create,list configmaps");
    private static final int MEGABYTE = 1 << 20;
    /// As many as one connection has streams for, less some.
    private static final int WATCHES = 200;
    private static final int CONNECTIONS = 3;

    @BeforeAll
    static void begin(Victim victim) throws IOException, InterruptedException {
        victim.apply(MAKER.yaml() + BYSTANDER.yaml());
    }

    @AfterEach
    void goesOn(Victim victim) throws IOException, InterruptedException {
        victim.goesOn();
    }

    /// Refused, in few words.
    private static void answered(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as("%.500s", answer.body()).isBetween(400, 500);
        assertThat(answer.body()).hasSizeLessThan(MEGABYTE).doesNotContain("Internal error", "Exception");
    }

    private static String entries(int from, int to, String entry) {
        return IntStream.range(from, to).mapToObj(i -> entry.replace("%d", Integer.toString(i)))
                .collect(Collectors.joining(","));
    }

    /// N5: a million containers; as many labels as fit, each of which is refused with an explanation.
    @Test
    void whatIsWrongAMillionTimesIsToldAFewTimes(Victim victim) throws IOException, InterruptedException {
        try (Attacker attacker = MAKER.attacks(victim)) {
            answered(attacker.post("/api/v1/namespaces/default/pods" + DRY, "{\"metadata\": {\"name\": \"many\"},"
                    + " \"spec\": {\"containers\": [" + "{},".repeat(MEGABYTE - 100) + "{}]}}"));
            answered(attacker.post(MAPS + DRY, "{\"metadata\": {\"name\": \"many\", \"labels\": {"
                    + entries(0, 220_000, "\"-%d\":\"x\"") + "}}}"));
        }
    }

    /// N6: maps of as many keys as fit, compared with each other and with what is stored.
    @Test
    void mapsOfManyKeysAreComparedOnce(Victim victim) throws IOException, InterruptedException {
        try (Attacker attacker = MAKER.attacks(victim)) {
            answered(attacker.post(MAPS + DRY, "{\"metadata\": {\"name\": \"keys\"}, \"data\": {"
                    + entries(0, 115_000, "\"k%d\":\"\"") + "}, \"binaryData\": {"
                    + entries(115_000, 230_000, "\"k%d\":\"\"") + "}}"));
            String half = "{\"metadata\": {\"name\": \"keys\"}, \"data\": {" + entries(0, 40_000, "\"k%d\":\"\"")
                    + "}}";
            let(attacker.post(MAPS, half));
            String other = "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"keys\"},"
                    + " \"data\": {" + entries(40_000, 80_000, "\"k%d\":\"\"") + "}}";
            for (String way : List.of("merge-patch+json", "strategic-merge-patch+json", "apply-patch+yaml")) {
                HttpResponse<String> patched = attacker.send("PATCH", MAPS + "/keys" + DRY
                        + "&fieldManager=m" + (way.startsWith("apply") ? "&force=true" : ""), "application/" + way,
                        other);
                assertThat(patched.statusCode()).as("%s: %.500s", way, patched.body()).isLessThan(501);
            }
            assertThat(attacker.put(MAPS + "/keys" + DRY, other).statusCode()).isLessThan(501);
        }
        victim.text("kubectl delete configmap keys");
    }

    /// N6: brackets that are open around each value of a YAML document.
    @Test
    void deepListsInYamlAreRefused(Victim victim) throws IOException, InterruptedException {
        String deep = "[".repeat(900) + "1" + "]".repeat(900);
        String body = "{\"metadata\": {\"name\": \"deep\"}, \"x\": [" + (deep + ",").repeat(1500) + "1]}";
        try (Attacker attacker = MAKER.attacks(victim)) {
            answered(attacker.send("POST", MAPS + DRY, "application/yaml", body));
            answered(attacker.send("PATCH", MAPS + "/deep?fieldManager=m&dryRun=All", "application/apply-patch+yaml",
                    body));
        }
    }

    /// N11: watches and lists that find nothing in everything there is.
    @Test
    void whoWatchesForNothingLeavesSeatsForOthers(Victim victim) throws IOException, InterruptedException {
        List<Attacker> attackers = new ArrayList<>();
        try (Attacker neighbour = BYSTANDER.attacks(victim)) {
            List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                Attacker attacker = MAKER.attacks(victim);
                attackers.add(attacker);
                for (int n = 0; n < WATCHES; n++) {
                    held.add(attacker.begin(attacker.request("/api/v1/configmaps?" + (i == 0
                            ? "fieldSelector=metadata.name%3Dnobody" : "watch=true&labelSelector=nobody%3Dhas"))));
                }
            }
            let(neighbour.post(MAPS + DRY, "{\"metadata\": {\"name\": \"of-a-bystander\"}}"));
            let(neighbour.get(MAPS + "?limit=1"));
            victim.goesOn();
            held.forEach(one -> one.cancel(true));
        } finally {
            attackers.forEach(Attacker::close);
        }
    }
}
