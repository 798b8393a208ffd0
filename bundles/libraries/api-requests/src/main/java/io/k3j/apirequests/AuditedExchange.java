package io.k3j.apirequests;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;

/// An exchange that tells the audit of its request when the answer begins, and with which code, whoever answers. An
/// answer that is given as a whole is the end of its request: it is sent when that is recorded, so that no client knows
/// of what nobody has written down. As any exchange, for one thread where it does not say otherwise.
public final class AuditedExchange extends ForwardedExchange {
    private final Instant received;
    private AuditContext context = AuditContext.NONE;

    /// @param real what came over the wire
    /// @param received when it came
    public AuditedExchange(Exchange real, Instant received) {
        super(real);
        this.received = received;
    }

    /// When it came.
    public Instant received() {
        return received;
    }

    /// From now on this one is told.
    void context(AuditContext of) {
        context = of;
    }

    @Override
    public void respond(int status, Map<String, String> headers, byte[]... parts) throws IOException {
        context.started(status);
        context.completed();
        super.respond(status, headers, parts);
    }

    @Override
    public ResponseStream stream(int status, Map<String, String> headers) throws IOException {
        context.started(status);
        return super.stream(status, headers);
    }

    @Override
    public ByteDuplex upgrade(Map<String, String> headers) throws IOException {
        context.started(101);
        return super.upgrade(headers);
    }
}
