package io.k3j.jetcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessagesTest {
    @Test
    void aRevisionIsHandedOnWhenAllPiecesOfItAreThere() {
        List<List<Long>> told = new ArrayList<>();
        Fragments fragments = new Fragments(
                one -> told.add(one.events().stream().map(event -> event.key().modRevision()).toList()));
        fragments.take(piece(true, 1, 2, 2));
        fragments.take(piece(true, 2));
        fragments.take(piece(false, 2, 3));
        assertThat(told).containsExactly(List.of(1L), List.of(), List.of(2L, 2L, 2L, 2L, 3L));
    }

    private static WatchResponse piece(boolean more, long... revisions) {
        WatchResponse.Builder piece = WatchResponse.newBuilder();
        for (long revision : revisions) {
            piece.addEvents(Event.newBuilder().setKv(KeyValue.newBuilder().setModRevision(revision)));
        }
        return !more ? piece.build()
                : piece.setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(7, UnknownFieldSet.Field.newBuilder().addVarint(1).build()).build()).build();
    }

    @Test
    void aConditionOfAbsenceIsWrittenOut() {
        Compare absent = new EtcdTxn().when("k", 0).done().getCompare(0);
        assertThat(absent.getKey()).isEqualTo(ByteString.copyFromUtf8("k"));
        assertThat(absent.getTargetUnionCase()).isEqualTo(Compare.TargetUnionCase.MOD_REVISION);
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
        assertThat(kind(14, "io exception")).isEqualTo(EtcdFailure.Kind.UNCERTAIN);
        assertThat(kind(14, "etcdserver: request timed out")).isEqualTo(EtcdFailure.Kind.UNCERTAIN);
        assertThat(kind(4, "deadline exceeded after 2 s")).isEqualTo(EtcdFailure.Kind.UNCERTAIN);
        assertThat(kind(1, "Thread interrupted")).isEqualTo(EtcdFailure.Kind.UNCERTAIN);
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
        return EtcdFailures.of(Status.fromCodeValue(code).withDescription(message).asRuntimeException()).kind();
    }
}
