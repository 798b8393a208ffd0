package io.k3j.jetcd;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.k3j.jetcd.EtcdFailure.Kind;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What etcd's refusals mean. A code alone does not tell: etcd uses the same for what may be tried again and what
/// not, so some are told apart by the words of etcd's `rpctypes`.
final class EtcdFailures {
    /// With these the request was looked at and not carried out.
    private static final Set<Status.Code> FINAL = EnumSet.of(Status.Code.INVALID_ARGUMENT, Status.Code.NOT_FOUND,
            Status.Code.ALREADY_EXISTS, Status.Code.PERMISSION_DENIED, Status.Code.FAILED_PRECONDITION,
            Status.Code.UNIMPLEMENTED, Status.Code.UNAUTHENTICATED);

    /// What a member says to whatever it does not do before it has a vote; others may do it.
    private static final String LEARNER = "not supported for learner";

    private EtcdFailures() {
    }

    /// Whether another member may take what this one refused.
    static boolean learner(EtcdFailure failure) {
        return String.valueOf(failure.getMessage()).contains(LEARNER);
    }

    /// What a call failed with, as callers here see it.
    static EtcdFailure of(StatusRuntimeException failure) {
        String text = text(failure.getStatus());
        return new EtcdFailure(kind(failure.getStatus().getCode(), text), text);
    }

    /// What etcd said; of a connection that failed also why.
    static String text(Status status) {
        String said = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        Throwable why = status.getCause();
        while (why != null && why.getCause() != null) {
            why = why.getCause();
        }
        return why == null || why.getMessage() == null || said.contains(why.getMessage()) ? said
                : said + ": " + why.getMessage();
    }

    /// What ended a stream.
    static String text(@Nullable Throwable why) {
        return why == null ? "ended by etcd" : text(Status.fromThrowable(why));
    }

    /// What is not known for certain to have been refused counts as `UNCERTAIN`: nobody may take it for not done.
    private static Kind kind(Status.Code code, String text) {
        if (code == Status.Code.OUT_OF_RANGE) {
            return text.contains("compacted") ? Kind.COMPACTED : Kind.FUTURE;
        }
        if (code == Status.Code.UNAVAILABLE && text.contains("no leader")) {
            return Kind.UNREACHABLE;
        }
        if (text.contains("unhealthy cluster") || text.contains("too many learner")
                || text.contains("in sync with leader") || text.contains("re-configuration failed")
                || text.contains(LEARNER)) {
            return Kind.UNHEALTHY;
        }
        if (code == Status.Code.RESOURCE_EXHAUSTED && !text.contains("database space exceeded")) {
            return text.contains("too many requests") ? Kind.OVERLOADED : Kind.REFUSED;
        }
        return code == Status.Code.RESOURCE_EXHAUSTED || FINAL.contains(code) ? Kind.REFUSED : Kind.UNCERTAIN;
    }
}
