package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.jetcd.EtcdCluster.Member;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterInfoTest {
    @Test
    void membersAreWrittenAsEtcdWritesThemAndReadBack() throws IOException {
        Member voter = new Member(-1, "a-00000001", List.of("https://a:2380"), List.of("https://a:2379"), false);
        Member learner = new Member(7, "", List.of("https://b:2380"), List.of(), true);
        byte[] body = ClusterInfo.write(List.of(voter, learner));
        assertThat(new String(body, StandardCharsets.UTF_8)).isEqualTo("{\"members\":[{\"ID\":18446744073709551615,"
                + "\"name\":\"a-00000001\",\"peerURLs\":[\"https://a:2380\"],\"clientURLs\":[\"https://a:2379\"]},"
                + "{\"ID\":7,\"peerURLs\":[\"https://b:2380\"],\"isLearner\":true}]}");
        assertThat(ClusterInfo.read(body)).extracting(Member::name).containsExactly("a-00000001", "");
        assertThat(ClusterInfo.read(body).get(1).learner()).isTrue();
    }

    @Test
    void aBodyThatIsNoListIsRefused() {
        assertThatThrownBy(() -> ClusterInfo.read("<html>".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class);
    }
}
