package io.k3j.etcdclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.streaming.GrpcFailure;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class MessagesTest {
    @Test
    void fieldsAreReadBackWhateverStandsBetweenThem() {
        byte[] nested = new ProtoWriter().text(1, "k").number(3, -1).done();
        byte[] message = new ProtoWriter().number(77, 1L << 40).message(2, nested).flag(4, true).done();
        ProtoReader in = new ProtoReader(message);
        assertThat(in.next()).isEqualTo(77);
        assertThat(in.number()).isEqualTo(1L << 40);
        assertThat(in.next()).isEqualTo(2);
        EtcdKey key = EtcdKey.read(in.message());
        assertThat(key.key()).isEqualTo("k");
        assertThat(key.modRevision()).isEqualTo(-1);
        assertThat(in.next()).isEqualTo(4);
        assertThat(in.flag()).isTrue();
        assertThat(in.next()).isZero();
    }

    @Test
    void aDamagedAnswerIsNoAnswer() {
        for (String hex : new String[] {"0a05", "0affffffff0f", "08ffffffffffffffffffff", "0b"}) {
            ProtoReader in = new ProtoReader(HexFormat.of().parseHex(hex));
            assertThatThrownBy(in::next).isInstanceOf(EtcdFailure.class);
        }
    }

    @Test
    void aPrefixEndsBeforeItsNextNeighbour() {
        EtcdRange range = EtcdRange.prefix("/p/", "");
        assertThat(new String(range.to(), StandardCharsets.UTF_8)).isEqualTo("/p0");
        assertThat(EtcdRange.prefix("/p/", "/q").empty()).isTrue();
        assertThat(EtcdRange.prefix("/p/", "/p/x").empty()).isFalse();
        assertThat(EtcdRange.prefix("", "").to()).containsExactly(0);
    }

    @Test
    void refusalsAreToldApartFromWhatMayHaveHappened() {
        assertThat(kind(14, "etcdserver: no leader")).isEqualTo(EtcdFailure.Kind.UNREACHABLE);
        assertThat(kind(14, "connection broke: reset")).isEqualTo(EtcdFailure.Kind.UNCERTAIN);
        assertThat(kind(14, "etcdserver: request timed out")).isEqualTo(EtcdFailure.Kind.UNCERTAIN);
        assertThat(kind(4, "no answer within 2 s")).isEqualTo(EtcdFailure.Kind.UNCERTAIN);
        assertThat(kind(8, "etcdserver: mvcc: database space exceeded")).isEqualTo(EtcdFailure.Kind.REFUSED);
        assertThat(kind(8, "etcdserver: too many requests")).isEqualTo(EtcdFailure.Kind.OVERLOADED);
        assertThat(kind(3, "etcdserver: request is too large")).isEqualTo(EtcdFailure.Kind.REFUSED);
        assertThat(kind(11, "etcdserver: mvcc: required revision has been compacted"))
                .isEqualTo(EtcdFailure.Kind.COMPACTED);
        assertThat(kind(14, "etcdserver: unhealthy cluster")).isEqualTo(EtcdFailure.Kind.UNHEALTHY);
        assertThat(kind(9, "etcdserver: can only promote a learner member which is in sync with leader"))
                .isEqualTo(EtcdFailure.Kind.UNHEALTHY);
        assertThat(kind(9, "etcdserver: rpc not supported for learner")).isEqualTo(EtcdFailure.Kind.UNHEALTHY);
    }

    private static EtcdFailure.Kind kind(int code, String message) {
        return Failures.of(new GrpcFailure(code, message)).kind();
    }
}
