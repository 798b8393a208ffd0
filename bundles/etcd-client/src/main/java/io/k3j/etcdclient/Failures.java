package io.k3j.etcdclient;

import io.k3j.etcdclient.EtcdFailure.Kind;
import io.k3j.streaming.GrpcFailure;
import java.util.List;

/// What etcd's refusals mean.
final class Failures {
    private static final int UNAVAILABLE = GrpcFailure.UNAVAILABLE;
    private static final int RESOURCE_EXHAUSTED = 8;
    private static final int OUT_OF_RANGE = 11;
    private static final List<Integer> FINAL = List.of(3, 5, 6, 7, 9, 12, 16);

    private Failures() {
    }

    static EtcdFailure of(GrpcFailure failure) {
        String text = String.valueOf(failure.getMessage());
        return new EtcdFailure(kind(failure.code(), text), text);
    }

    private static Kind kind(int code, String text) {
        if (code == OUT_OF_RANGE) {
            return text.contains("compacted") ? Kind.COMPACTED : Kind.FUTURE;
        }
        if (code == UNAVAILABLE && text.contains("no leader")) {
            return Kind.UNREACHABLE;
        }
        if (text.contains("unhealthy cluster") || text.contains("too many learner")
                || text.contains("in sync with leader") || text.contains("re-configuration failed")
                || text.contains("not supported for learner")) {
            return Kind.UNHEALTHY;
        }
        if (code == RESOURCE_EXHAUSTED && !text.contains("database space exceeded")) {
            return text.contains("too many requests") ? Kind.OVERLOADED : Kind.REFUSED;
        }
        return code == RESOURCE_EXHAUSTED || FINAL.contains(code) ? Kind.REFUSED : Kind.UNCERTAIN;
    }
}
