package io.k3j.edge;

import io.k3j.edgeapi.Endpoint;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// HTTP/2 on one connection. Frames arrive at [Http2Frames]; answers leave through one [Http2Wire] per stream.
final class Http2Link extends Http2ConnectionHandler implements Protocol {
    private final Http2Frames frames;
    private final Link link;
    private final Pulse pulse;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Future<?> looking;

    private Http2Link(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings,
            Http2Frames frames, Link link) {
        super(decoder, encoder, settings);
        this.frames = frames;
        this.link = link;
        this.pulse = new Pulse(link.channel(), link.patience(), System.nanoTime());
    }

    /// The handler for a connection that has agreed on `h2`.
    static Http2Link of(Link link, Dispatch dispatch, DateHeader date) {
        return new Builder(new Http2Frames(link, dispatch, date), link).build();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) throws Exception {
        context = added;
        frames.attach(this, added);
        super.handlerAdded(added);
        int more = Limits.CONNECTION_WINDOW - 65_535;
        decoder().flowController().incrementWindowSize(connection().connectionStream(), more);
        long pause = link.patience().look().toNanos();
        looking = added.executor().scheduleWithFixedDelay(this::look, pause, pause, TimeUnit.NANOSECONDS);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext removed) throws Exception {
        if (looking != null) {
            looking.cancel(false);
        }
        super.handlerRemoved0(removed);
    }

    @Override
    public boolean judgesItself() {
        return true;
    }

    private void look() {
        long now = System.nanoTime();
        switch (pulse.look(now, connection().numActiveStreams() > 0)) {
            case OVER -> link.cut();
            case ASK -> {
                encoder().writePing(context(), false, now, context().newPromise());
                flush();
            }
            case WELL -> frames.breakOffClosed(now);
        }
    }

    /// Where this handler stands in its pipeline.
    ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return context;
    }

    @Override
    public void flush() {
        if (context != null) {
            flush(context);
        }
    }

    /// GOAWAY in two steps: first the wish, which loses no request that is on its way, a second later
    /// the last stream that counts. The connection closes after that one, or when time is up.
    @Override
    public void drain() {
        ChannelHandlerContext ours = context;
        if (ours != null) {
            farewell(ours, Integer.MAX_VALUE);
            ours.executor().schedule(() -> {
                farewell(ours, connection().remote().lastStreamCreated());
                ours.channel().close();
            }, Limits.FAREWELL_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void farewell(ChannelHandlerContext ours, int lastStream) {
        goAway(ours, lastStream, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ours.newPromise());
        ours.flush();
    }

    @Override
    public void abandon(Endpoint endpoint) {
        frames.abandon(endpoint);
    }

    @Override
    public void channelRead(ChannelHandlerContext read, Object message) throws Exception {
        pulse.heard(System.nanoTime());
        super.channelRead(read, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext completed) throws Exception {
        frames.startRequests();
        super.channelReadComplete(completed);
    }

    /// A connection that broke is nothing to report.
    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) throws Exception {
        if (cause instanceof IOException) {
            failed.channel().close();
        } else {
            super.exceptionCaught(failed, cause);
        }
    }

    @Override
    protected void onConnectionError(ChannelHandlerContext failed, boolean outbound, Throwable cause,
            @Nullable Http2Exception error) {
        super.onConnectionError(failed, outbound, cause, error);
        // a peer that broke the rules does not get the time a well-behaved one has for its streams
        failed.executor().schedule(() -> failed.channel().close(), 1, TimeUnit.SECONDS);
    }

    /// Puts codec, limits and flow control together.
    private static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<Http2Link, Builder> {
        private static final int RESETS = 300;
        private static final int RESET_SECONDS = 10;

        /// Is different in every answer: in the compression's table it would only push the others out.
        private static final String UNIQUE = "audit-id";

        private final Http2Frames frames;
        private final Link link;

        Builder(Http2Frames frames, Link link) {
            this.frames = frames;
            this.link = link;
        }

        @Override
        public Http2Link build() {
            DefaultHttp2Connection connection = new DefaultHttp2Connection(true);
            UniformStreamByteDistributor shares = new UniformStreamByteDistributor(connection);
            shares.minAllocationChunk(Limits.FRAME_SHARE);
            connection.remote().flowController(new DefaultHttp2RemoteFlowController(connection, shares));
            // one slow reader must not take the window of the others: only streams hold back
            connection.local().flowController(new DefaultHttp2LocalFlowController(connection, 0.5f, true));
            // counts from the first frame on, not only once the client has acknowledged our settings
            connection.remote().maxActiveStreams(Limits.STREAMS);
            connection.addListener(frames.streams());
            connection(connection);
            frameListener(frames);
            headerSensitivityDetector((name, value) -> UNIQUE.contentEquals(name));
            initialSettings(Http2Settings.defaultSettings().maxConcurrentStreams(Limits.STREAMS)
                    .initialWindowSize(Limits.STREAM_WINDOW).maxHeaderListSize(Limits.HEADER_BYTES));
            decoderEnforceMaxRstFramesPerWindow(RESETS, RESET_SECONDS);
            encoderEnforceMaxRstFramesPerWindow(RESETS, RESET_SECONDS);
            gracefulShutdownTimeoutMillis(Limits.LAST_STREAMS_MILLIS);
            return super.build();
        }

        @Override
        protected Http2Link build(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder,
                Http2Settings settings) {
            return new Http2Link(decoder, encoder, settings, frames, link);
        }
    }
}
