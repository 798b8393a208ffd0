package io.k3j.attacks;

import static io.k3j.attacks.Attacker.let;
import static io.k3j.attacks.Attacker.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Somebody who may reach his pods through the API server has it keep what they never end.
@NeedsMachine
@ExtendWith(Victim.Here.class)
class ProxyAttacksItest {
    private static final String PODS = "/api/v1/namespaces/default/pods/";
    private static final Account OWNER = Account.of("owner", "get pods/proxy", "get pods/log");
    private static final int MANY = 60;
    /// Takes connections and says nothing.
    private static final String MUTE = """
            apiVersion: v1
            kind: Pod
            metadata: {name: mute, namespace: default}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: c
                image: k3j.io/busybox:1
                command: [sh, -c, "nc -ll -p 8443 -e sleep 3600 & echo begun; exec httpd -f -p 8080 -h /etc"]
            ---
            """;

    @BeforeAll
    static void begin(Victim victim) throws IOException, InterruptedException {
        victim.apply(MUTE + OWNER.yaml());
        // it listens a moment after it runs
        victim.until("kubectl get --raw /api/v1/namespaces/default/pods/mute:8080/proxy/hostname && echo listens",
                "listens");
    }

    @AfterEach
    void goesOn(Victim victim) throws IOException, InterruptedException {
        victim.goesOn();
    }

    private static List<CompletableFuture<HttpResponse<String>>> begun(Attacker attacker, String path) {
        return Stream.generate(() -> attacker.begin(attacker.request(path))).limit(MANY).toList();
    }

    /// How many proxied requests and logs there are shall be as a shell's test says.
    private static void until(Victim victim, String count) throws IOException, InterruptedException {
        victim.until("[ $(kubectl get --raw /api/v1/nodes/" + victim.node() + "/proxy/metrics"
                + " | sed -n 's/^k3j_proxied_requests //p') " + count + " ] && echo so many", "so many");
    }

    /// N7: a handshake that never comes to its end, whose client has gone.
    @Test
    void aSilentPodIsLeftWithItsClient(Victim victim) throws IOException, InterruptedException {
        try (Attacker attacker = OWNER.attacks(victim)) {
            let(attacker.get(PODS + "mute:8080/proxy/hostname"));
            List<CompletableFuture<HttpResponse<String>>> all = begun(attacker, PODS + "https:mute:8443/proxy/");
            until(victim, "-ge " + MANY);
            all.forEach(one -> one.cancel(true));
            until(victim, "-lt 5");
            refused(attacker.get(PODS + "https:mute:8443/proxy/"), 503, "error trying to reach service");
        }
    }

    /// N19: logs that are followed count as well, and end with who follows them.
    @Test
    void followedLogsEndWithTheirClient(Victim victim) throws IOException, InterruptedException {
        victim.until("kubectl logs mute", "begun");
        try (Attacker attacker = OWNER.attacks(victim)) {
            begun(attacker, PODS + "mute/log?follow=true");
            until(victim, "-ge " + MANY);
        }
        until(victim, "-lt 5");
    }

    /// N18: the kubelet's port of a pod is the pod's.
    @Test
    void thePortOfTheKubeletAtAPodIsNotTheKubelet(Victim victim) throws IOException, InterruptedException {
        try (Attacker attacker = OWNER.attacks(victim)) {
            for (String scheme : List.of("", "https:")) {
                HttpResponse<String> answer = attacker.get(PODS + scheme + "mute:10250/proxy/healthz");
                refused(answer, 503, "error trying to reach service");
                assertThat(answer.body()).doesNotContain("Unauthorized");
            }
        }
    }
}
