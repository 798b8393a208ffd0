package io.k3j.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.util.List;

/// HTTP/1.1 of a connection to an endpoint. Answers come to requests only: what an endpoint sends while nothing is
/// asked, or behind an answer, would be the beginning of somebody else's answer, and ends the connection.
final class UpstreamCodec extends CombinedChannelDuplexHandler<HttpResponseDecoder, HttpRequestEncoder> {
    /// @param side whose exchanges these are
    UpstreamCodec(UpstreamSide side) {
        super(new Decoder(side), new HttpRequestEncoder());
    }

    private static final class Decoder extends HttpResponseDecoder {
        private final UpstreamSide side;

        Decoder(UpstreamSide side) {
            super(new HttpDecoderConfig().setMaxInitialLineLength(IngressLimits.LINE_BYTES)
                    .setMaxHeaderSize(IngressLimits.HEADER_BYTES).setMaxChunkSize(IngressLimits.HIGH_WATER_BYTES));
            this.side = side;
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) throws Exception {
            // the end of an answer has been handed on, and has ended its exchange, before what follows comes here
            if (side.asked()) {
                super.decode(context, bytes, out);
            } else {
                bytes.skipBytes(bytes.readableBytes());
                context.close();
            }
        }

        @Override
        protected boolean isContentAlwaysEmpty(HttpMessage answer) {
            return side.askedForHead() || super.isContentAlwaysEmpty(answer);
        }
    }
}
