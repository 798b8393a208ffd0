package io.k3j.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/// On the etcd a server manages, whose ports are fixed: on a machine of its own.
@NeedsMachine
@NeedsPackages({"etcd-server", "etcd-client", "openssl"})
@Tag("ha")
class ManagedEtcdParityItest extends ParityMatrix {
    private static final String PORT = "6443";
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private Machine machine;

    @Override
    void datastore() throws IOException, InterruptedException {
        machine = Machine.on();
    }

    @Override
    void end() {
        if (machine != null) {
            machine.close();
        }
    }

    @Override
    List<String> where(List<String> command) {
        return machine.inside(command);
    }

    /// A member's disk goes on with the cluster's writes, whoever is refused.
    @Override
    boolean comesAgain() {
        return false;
    }

    @Override
    String address() {
        return "https://" + machine.address() + ":" + PORT;
    }

    @Override
    List<String> founding() {
        return List.of("--cluster-init", "--bind-address=0.0.0.0", "--https-listen-port=" + PORT);
    }

    @Override
    List<String> joining() {
        return List.of("--server=https://127.0.0.1:" + PORT);
    }

    @Override
    Store store() {
        return Store.etcd(this::where, access());
    }

    private List<String> access() {
        Path tls = first.directory().resolve("data/server/tls/etcd");
        return List.of("--endpoints=https://127.0.0.1:2379", "--cacert=" + tls.resolve("server-ca.crt"),
                "--cert=" + tls.resolve("client.crt"), "--key=" + tls.resolve("client.key"));
    }

    @Override
    List<Wrong> wrong() throws IOException, InterruptedException {
        String restore = "--cluster-reset-restore-path=";
        Path rubbish = Files.writeString(directory.resolve("rubbish"), "not a snapshot");
        Path snapshot = directory.resolve("snapshot");
        Outcome saved = machine.run(LIMIT, "ETCDCTL_API=3 etcdctl " + String.join(" ", access()) + " snapshot save "
                + snapshot);
        assertThat(saved.code()).as(saved.text()).isZero();
        return List.of(new Wrong("a name etcd has", List.of(joining().getFirst(), "--node-name=server-1"),
                "duplicate node name found, please use a unique name for this node", "give another --node-name"),
                new Wrong("a snapshot without a reset", List.of("--cluster-init", restore + rubbish),
                        "--cluster-reset-restore-path requires --cluster-reset"),
                new Wrong("a reset that joins", List.of(joining().getFirst(), "--cluster-reset", restore + snapshot),
                        "--cluster-reset cannot be used with --server"),
                new Wrong("a reset of nothing", List.of("--cluster-reset"), "there is no managed etcd in"),
                new Wrong("a snapshot that is not there", List.of("--cluster-reset", restore + "/nowhere"),
                        "snapshot path does not exist: /nowhere"),
                new Wrong("a damaged snapshot", List.of("--cluster-reset", restore + rubbish),
                        "the snapshot " + rubbish, "is damaged", "take another snapshot"),
                new Wrong("a snapshot without the token", List.of("--cluster-reset", restore + snapshot, "--token="),
                        "please pass --token to complete the restoration"));
    }

    /// The same for agents, before anything of a node runs.
    @TestFactory
    List<DynamicTest> tellsAnAgentInOneSentenceWhatIsWrong() throws Exception {
        String server = joining().getFirst();
        taken("agent-taken");
        List<Wrong> all = List.of(
                new Wrong("another token", List.of(server, "--token=another"), "does not accept this token",
                        "use the content of server/node-token"),
                new Wrong("the hash of another CA", List.of(server, "--token=K10" + "0".repeat(64) + "::node:x"),
                        "token CA hash does not match the Cluster CA certificate hash", "copy the token anew"),
                new Wrong("a token of no form", List.of(server, "--token=K10::x"), "token"),
                new Wrong("no TLS", List.of("--server=http://127.0.0.1:6443", "--token=" + TOKEN),
                        "only https:// URLs are supported"),
                new Wrong("no server", List.of("--token=" + TOKEN), "--server is required"),
                new Wrong("no token", List.of(server), "--token is required"),
                new Wrong("a name with another password",
                        List.of(server, "--token=" + TOKEN, "--node-name=agent-taken"), "Node password rejected",
                        "duplicate hostname", "--with-node-id"));
        List<DynamicTest> tests = new ArrayList<>();
        for (Wrong one : all) {
            tests.add(DynamicTest.dynamicTest(one.what(), () -> {
                Map<String, String> rows = store().rows();
                Map<String, String> etc = Tree.of(machine.dir().resolve("etc"));
                K3s agent = new K3s.Site(this::where, features).start("agent", directory.resolve(one.name()),
                        one.flags());
                ended(agent).says(one.told());
                assertThat(Tree.changes(etc, Tree.of(machine.dir().resolve("etc")))).isEmpty();
                assertThat(machine.run(LIMIT, "pgrep -x containerd").text()).as("containerd").isEmpty();
                assertThat(Tree.changes(rows, store().rows())).isEmpty();
                nobody(store());
            }));
        }
        return tests;
    }

    /// Some other machine had this name first.
    private void taken(String node) throws IOException, InterruptedException {
        Outcome outcome = machine.run(LIMIT, "cd " + directory + " && openssl req -new -newkey ec -pkeyopt"
                + " ec_paramgen_curve:prime256v1 -nodes -keyout taken.key -subj /CN=x -outform DER -out taken.csr"
                + " && curl -sSfk -u node:" + TOKEN + " -H 'k3s-Node-Name: " + node
                + "' -H 'k3s-Node-Password: anothers' --data-binary @taken.csr"
                + " https://127.0.0.1:" + PORT + "/v1-k3s/client-kubelet.crt");
        assertThat(outcome.text()).contains("BEGIN CERTIFICATE");
    }
}
