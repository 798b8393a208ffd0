package io.k3j.edge;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.util.ArrayDeque;

/// Feeds one answer's pieces into its wire, a few at a time. What has to wait waits as a reference to
/// the arrays it was given, not as a copy: a thousand slow watches of the same events hold them once. All
/// on the connection's event loop.
final class Pump {
    private final HttpExchange exchange;
    private final ArrayDeque<Load> waiting = new ArrayDeque<>();
    private int flying;
    private boolean pumping;
    private boolean ending;

    Pump(HttpExchange exchange) {
        this.exchange = exchange;
    }

    /// One piece and whom to tell when it has left.
    abstract static class Load extends Message implements ChannelFutureListener {
        private final Pump pump;
        private final Piece piece;

        Load(Pump pump, Piece piece) {
            this.pump = pump;
            this.piece = piece;
        }

        /// The piece has left for the socket, or never will.
        abstract void gone(int bytes);

        @Override
        void send() {
            pump.waiting.add(this);
            pump.run();
        }

        @Override
        public void operationComplete(ChannelFuture sent) {
            pump.flying -= piece.length();
            gone(piece.length());
            pump.more();
        }
    }

    private void run() {
        if (pumping) {
            return;
        }
        pumping = true;
        while (flying < Limits.PIECE_BYTES && !waiting.isEmpty()) {
            Load next = waiting.remove();
            flying += next.piece.length();
            exchange.wire().data(next.piece.buffer(exchange.allocator()), false, next);
        }
        pumping = false;
        if (ending && waiting.isEmpty()) {
            exchange.wire().end();
        }
    }

    /// Room has come while the connection was writing: what goes in now needs a flush of its own.
    private void more() {
        if (!pumping && !waiting.isEmpty() && flying < Limits.PIECE_BYTES) {
            exchange.outbox().post(new Message() {
                @Override
                void send() {
                    run();
                }
            });
        }
    }

    /// Ends the answer after the last piece.
    void end() {
        ending = true;
        run();
    }

    /// Breaks it off; pieces that wait are forgotten.
    void reset() {
        exchange.wire().reset();
        while (!waiting.isEmpty()) {
            Load load = waiting.remove();
            load.gone(load.piece.length());
        }
    }
}
