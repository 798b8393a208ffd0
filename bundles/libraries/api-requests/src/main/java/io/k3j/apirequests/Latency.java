package io.k3j.apirequests;

/// The parts of a request's way that are told in its audit event when it took long, by upstream's names (the latency
/// trackers of its API server).
public enum Latency {
    /// Who asks was found out.
    AUTHENTICATION("authentication", false),
    /// Whether somebody may act as another was decided.
    IMPERSONATION("impersonation", false),
    /// Whether the caller may was decided.
    AUTHORIZATION("authorization", true),
    /// A seat was waited for.
    QUEUE_WAIT("apf-queue-wait", true),
    /// The mutating webhooks had their turn.
    MUTATING_WEBHOOK("mutating-webhook", false),
    /// The validating webhooks, who are asked at once, had theirs.
    VALIDATING_WEBHOOK("validating-webhook", true),
    /// The datastore was waited for.
    STORAGE("etcd", false),
    /// The answer was put into bytes; that of a long list with the time its client took to read it.
    SERIALIZATION("serialize-response-object", false),
    /// An answer that is sent while it is made was sent.
    RESPONSE_WRITE("response-write", false);

    static final String PREFIX = "apiserver.latency.k8s.io/";
    private final String key;
    private final boolean longest;

    /// @param longest whether of several times the longest counts, not all together
    Latency(String name, boolean longest) {
        this.key = PREFIX + name;
        this.longest = longest;
    }

    /// Of the annotation.
    String key() {
        return key;
    }

    /// All of it, with one time more.
    long with(long before, long nanos) {
        return longest ? Math.max(before, nanos) : before + nanos;
    }
}
