package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A client in Go that prefers CBOR talks CBOR to a server whose gate is on: kubectl's dynamic client, which lists,
/// watches and deletes.
class CborItest {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String CRD = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: things.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {plural: things, singular: thing, kind: Thing}
              versions:
              - name: v1
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
            """;
    private static final String THING = """
            apiVersion: example.com/v1
            kind: Thing
            metadata: {name: one, namespace: default}
            spec: {size: 7, share: 0.25, ready: true, nothing: null, list: [a, {b: c}]}
            """;

    @TempDir
    private Path dir;

    private Outcome preferring(String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("kubectl", "--kubeconfig", dir.resolve("k3s.yaml").toString(),
                "-v=9"));
        line.addAll(List.of(words));
        return Launch.of(line).environment("KUBE_FEATURE_ClientsAllowCBOR", "true")
                .environment("KUBE_FEATURE_ClientsPreferCBOR", "true").run(LIMIT);
    }

    @Test
    void kubectlWaitsForAndDeletesInCbor() throws Exception {
        try (K3sProcess server = K3sProcess.server(dir, "--disable-agent", "--bind-address", "127.0.0.1",
                "--kube-apiserver-arg", "feature-gates=CBORServingAndStorage=true")) {
            Commands commands = new Commands(dir);
            server.await("kubeconfig", LIMIT, () -> Files.exists(dir.resolve("k3s.yaml")));
            server.await("served API", LIMIT, commands::served);
            commands.kubectl("apply", "-f", Files.writeString(dir.resolve("crd.yaml"), CRD).toString());
            commands.kubectl("wait", "--for=condition=Established", "crd/things.example.com", "--timeout=240s");
            String thing = Files.writeString(dir.resolve("thing.yaml"), THING).toString();
            Waiting.until("a thing", server, () -> commands.kubectl("apply", "-f", thing).contains("/one "));
            Outcome waited = preferring("wait", "--for=jsonpath={.spec.list[1].b}=c", "things/one", "--timeout=240s");
            assertThat(Commands.must(waited)).contains("thing.example.com/one condition met",
                    "Accept: application/json;q=0.9,application/cbor;q=1",
                    "Content-Type: application/cbor\n", "Content-Type: application/cbor-seq");
            Outcome account = preferring("wait", "--for=jsonpath={.metadata.name}=default", "serviceaccounts/default",
                    "--timeout=240s");
            assertThat(Commands.must(account)).contains("serviceaccount/default condition met",
                    "Content-Type: application/cbor");
            assertThat(Commands.must(preferring("delete", "things/one"))).contains("\"one\" deleted",
                    "Content-Type: application/cbor");
        }
    }
}
