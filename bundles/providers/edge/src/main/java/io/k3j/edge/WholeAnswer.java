package io.k3j.edge;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.util.Map;

/// Sends a short response, head and body in one message.
final class WholeAnswer extends Message implements ChannelFutureListener {
    private final HttpExchange exchange;
    private final int status;
    private final Map<String, String> headers;
    private final Piece body;

    WholeAnswer(HttpExchange exchange, int status, Map<String, String> headers, Piece body) {
        this.exchange = exchange;
        this.status = status;
        this.headers = headers;
        this.body = body;
        exchange.outbox().queued(bodyLength());
        exchange.outbox().unsent(bodyLength());
    }

    @Override
    void send() {
        boolean bodiless = bodyLength() == 0;
        exchange.writer().head(status, headers, body.length(), bodiless);
        if (!bodiless) {
            exchange.writer().data(body.buffer(exchange.allocator()), true, this);
        }
    }

    @Override
    public void operationComplete(ChannelFuture sent) {
        exchange.outbox().sent(bodyLength());
        exchange.outbox().unsent(-bodyLength());
    }

    private int bodyLength() {
        return exchange.headOnly() || status == 204 || status == 304 ? 0 : body.length();
    }
}
