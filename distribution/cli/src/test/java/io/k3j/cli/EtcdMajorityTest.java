package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.ClusterAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who may be restarted, by what its server says of etcd's members.
class EtcdMajorityTest {
    @TempDir
    Path dir;

    /// A letter each: the own member comes first; `+` answers, `-` does not, `l` is a learner.
    private static Struct members(String members) {
        List<Struct> all = new ArrayList<>();
        for (int i = 0; i < members.length(); i++) {
            all.add(Struct.of("name", "server-" + (i + 1), "own", i == 0, "voter", members.charAt(i) != 'l', "healthy",
                    members.charAt(i) == '+'));
        }
        return Struct.of("members", Seq.copyOf(all));
    }

    private static Optional<String> problem(String members) {
        return EtcdMajority.problem(members(members));
    }

    /// What is refused, or what is told with a mark before it when the restart goes on.
    private static String turn(int status, String members) throws IOException {
        List<String> told = new ArrayList<>();
        ClusterAccess.Answer turn = new ClusterAccess.Answer(status,
                Json.bytes(Struct.of("kind", "Status", "message", "etcd says nothing", "code", status)));
        Optional<String> refused = EtcdMajority.turn(turn,
                () -> new ClusterAccess.Answer(200, Json.bytes(members(members))), told::add);
        return refused.orElseGet(() -> "! " + String.join(", ", told));
    }

    @Test
    void oneOfThreeMayBeRestartedWhileTheOthersAnswer() {
        assertThat(problem("+++")).isEmpty();
        assertThat(problem("++-").orElse("")).contains("without a majority", "1 of its 3 members", "server-3 does");
        assertThat(problem("++++-")).isEmpty();
        assertThat(problem("+++--").orElse("")).contains("2 of its 5 members", "server-4, server-5 does not answer");
    }

    @Test
    void aLearnerDoesNotCount() {
        assertThat(problem("+++l")).isEmpty();
        assertThat(problem("++-l").orElse("")).contains("1 of its 3 members");
    }

    @Test
    void whereNothingIsLostOrNothingCanBeKeptItIsNotAskedFor() {
        assertThat(problem("+")).isEmpty();
        assertThat(problem("++")).isEmpty();
        assertThat(problem("+--")).as("there is none to be lost").isEmpty();
        assertThat(problem("-++")).as("the own one is away already").isEmpty();
        assertThat(problem("")).isEmpty();
    }

    @Test
    void oneServerIsRestartedAtATime() {
        assertThat(EtcdMajority.problem(Struct.of("members", Seq.EMPTY, "restarting", "server-2")).orElse(""))
                .contains("member server-2 is being restarted", "wait for its end");
        assertThat(EtcdMajority.problem(Struct.of("members", Seq.EMPTY, "restarting", ""))).isEmpty();
    }

    /// One of a majority may be restarting at this moment.
    @Test
    void aServerThatDoesNotSayWhoseTurnItIsIsNotRestartedWhereItsMemberCounts() throws IOException {
        assertThat(turn(503, "+++")).contains("two at once would leave etcd without a majority", "refused (503)",
                "etcd says nothing", "try again");
        assertThat(turn(400, "++++-")).contains("try again");
        assertThat(turn(503, "++-")).contains("server-3 does not answer");
    }

    @Test
    void whereEtcdDoesWithoutTheMemberAlreadyItIsToldThatNobodyKnows() throws IOException {
        assertThat(turn(503, "+--")).startsWith("! the server refused (503): etcd says nothing");
        assertThat(turn(503, "-++")).startsWith("! the server refused");
        assertThat(turn(503, "++")).startsWith("! the server refused");
    }

    @Test
    void aReleaseThatKnowsNoTurnsIsAskedForItsMembersAlone() throws IOException {
        assertThat(turn(404, "+++")).isEqualTo("! ");
        assertThat(turn(404, "++-")).contains("server-3 does not answer");
    }

    @Test
    void aServerThatDoesNotRunIsNotAsked() throws Exception {
        Files.createDirectories(dir.resolve("server/db/etcd"));
        Host host = new Host("n1", true, "/root", List.of(), List.of(), Instant.EPOCH, Map.of("K3S_URL", "https://a"),
                Path.of("/absent"), line -> {
                    throw new AssertionError(line);
                });
        assertThat(new EtcdMajority(dir, host, System.out).problem()).isEmpty();
        assertThat(host.without("K3S_URL").environment()).as("another server's address is none of this one").isEmpty();
    }
}
