package io.k3j.apirequests;

import io.k3j.cbor.Cbor;
import io.k3j.cbor.CborList;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.codec.Protobuf;
import io.k3j.codec.Yaml;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// Puts answers into bytes, which are sent when the request holds no seat any more: each method keeps the answer in the
/// request, which blocks on nothing. Any thread, each with its own request.
public final class Responses {
    /// Longer answers are compressed for clients that can take it, in bytes; upstream's bound (APIResponseCompression).
    static final int GZIP_FROM_BYTES = 128 << 10;
    private static final byte[] NEWLINE = {'\n'};
    private static final int DELETE = 0x7f;
    private final Protobuf protobuf;
    private final @Nullable Cbor cbor;

    /// Answers in JSON, YAML and this protobuf.
    public Responses(Protobuf protobuf) {
        this(protobuf, null);
    }

    /// @param cbor where it is offered, null elsewhere
    public Responses(Protobuf protobuf, @Nullable Cbor cbor) {
        this.protobuf = protobuf;
        this.cbor = cbor;
    }

    /// Whether answers may be asked for in CBOR.
    public boolean offersCbor() {
        return cbor != null;
    }

    /// A list in CBOR, as [Cbor#list].
    CborList cborList(Struct head, String field, int size) {
        return cbor().list(head, field, size);
    }

    private Cbor cbor() {
        return Objects.requireNonNull(cbor, "CBOR is not offered");
    }

    /// 404 for an unknown path, or a resource that nobody serves.
    public static ApiFault noSuchResource() {
        return new ApiFault(404, "NotFound", "the server could not find the requested resource", Struct.EMPTY);
    }

    /// A tree in the request's form; in JSON when protobuf is asked for and the kind has none.
    public void tree(Request request, int status, Struct tree) throws IOException {
        Form form = request.form();
        Form.Type type = form.type() == Form.Type.PROTOBUF && !protobuf.knows(kind(tree)) ? Form.Type.JSON
                : form.type();
        request.audit().response(tree);
        send(request, status, headers(request, type.mediaType()),
                timed(request, new Form(type, form.as(), form.version(), form.pretty()), tree));
    }

    private byte[] timed(Request request, Form form, Struct tree) {
        long begun = request.audit().begin();
        byte[] bytes = encoded(form, tree);
        request.audit().since(Latency.SERIALIZATION, begun);
        return bytes;
    }

    private static Gvk kind(Struct tree) {
        return Gvk.of(tree.text("apiVersion"), tree.text("kind"));
    }

    /// A tree's bytes in a form. JSON ends with a line break, as upstream's answers do.
    public byte[] encoded(Form form, Struct tree) {
        return switch (form.type()) {
            case JSON -> form.pretty() ? lined(Json.pretty(tree)) : lined(Json.bytes(tree));
            case YAML -> Yaml.text(tree).getBytes(StandardCharsets.UTF_8);
            case PROTOBUF -> protobuf.bytes(tree);
            case CBOR -> cbor().bytes(tree);
        };
    }

    private static byte[] lined(byte[] json) {
        byte[] with = Arrays.copyOf(json, json.length + 1);
        with[json.length] = '\n';
        return with;
    }

    /// JSON bytes that are ready but for the line end, which is sent behind them and not copied to them.
    public void json(Request request, int status, byte[] json) throws IOException {
        audited(request, Form.Type.JSON.mediaType(), json);
        send(request, status, headers(request, Form.Type.JSON.mediaType()), json, NEWLINE);
    }

    /// Bytes of a media type.
    public void bytes(Request request, int status, String mediaType, byte[] bytes) throws IOException {
        audited(request, mediaType, bytes);
        send(request, status, headers(request, mediaType), bytes);
    }

    private void audited(Request request, String mediaType, byte[] bytes) {
        if (request.audit().keepsResponses()) {
            AuditedBody body = new AuditedBody(request.audit(), protobuf);
            body.more(bytes);
            body.end(mediaType);
        }
    }

    /// Plain text, as health checks answer.
    void text(Request request, int status, String text) throws IOException {
        Map<String, String> headers = headers(request, "text/plain; charset=utf-8");
        headers.put("x-content-type-options", "nosniff");
        send(request, status, headers, text.getBytes(StandardCharsets.UTF_8));
    }

    /// A refusal: its `Status` in the request's form, and `retry-after` in seconds where it has one. Replaces an answer
    /// that was kept. Never compressed, for it is short.
    public void fault(Request request, ApiFault fault) throws IOException {
        Map<String, String> headers = headers(request, request.form().type().mediaType());
        long retry = fault.details().whole("retryAfterSeconds", 0);
        if (retry > 0) {
            headers.put("retry-after", Long.toString(retry));
        }
        Form form = new Form(request.form().type(), Form.As.OBJECT, "v1", request.form().pretty());
        Struct said = fault.status();
        request.audit().response(said);
        request.answer(fault.code(), headers, timed(request, form, said));
    }

    /// The headers every answer has: the audit id, that nobody may keep it, how it was queued, and warnings (`299`, RFC
    /// 7234 §5.5).
    ///
    /// @return in order, the caller's own to add to
    public Map<String, String> headers(Request request, String mediaType) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("audit-id", request.auditId());
        headers.put("cache-control", "no-cache, private");
        headers.put("content-type", mediaType);
        if (!request.flow().schema().isEmpty()) {
            headers.put("x-kubernetes-pf-flowschema-uid", request.flow().schema());
            headers.put("x-kubernetes-pf-prioritylevel-uid", request.flow().level());
        }
        if (!request.warnings().isEmpty()) {
            List<String> all = new ArrayList<>();
            request.warnings().forEach(w -> all.add("299 - \"" + quoted(w) + "\""));
            headers.put("warning", String.join(", ", all));
        }
        return headers;
    }

    /// Text within the quotes of a header: field names come from clients and may be anything, line breaks included.
    private static String quoted(String text) {
        StringBuilder b = new StringBuilder(text.length());
        text.chars().forEach(c -> {
            if (c < ' ' || c == DELETE) {
                b.append('?');
            } else {
                b.append(c == '\\' || c == '"' ? "\\" : "").append((char) c);
            }
        });
        return b.toString();
    }

    /// Answers with parts, compressed when they are many bytes and the client can take it.
    ///
    /// @param headers those of compression are added
    public void send(Request request, int status, Map<String, String> headers, byte[]... parts) throws IOException {
        long length = 0;
        for (byte[] p : parts) {
            length += p.length;
        }
        if (length > GZIP_FROM_BYTES && gzip(request)) {
            ByteArrayOutputStream small = new ByteArrayOutputStream(GZIP_FROM_BYTES);
            try (OutputStream out = new Gzip(small)) {
                for (byte[] p : parts) {
                    out.write(p);
                }
            }
            headers.put("content-encoding", "gzip");
            headers.put("vary", "Accept-Encoding");
            request.answer(status, headers, small.toByteArray());
            return;
        }
        request.answer(status, headers, parts);
    }

    /// Whether the client can take gzip.
    static boolean gzip(Request request) {
        return request.exchange().header("accept-encoding").orElse("").contains("gzip");
    }

    /// Compresses quickly, as upstream does (level 1): the network is fast and requests are many.
    static final class Gzip extends GZIPOutputStream {
        Gzip(OutputStream out) throws IOException {
            super(out, 32 << 10);
            def.setLevel(Deflater.BEST_SPEED);
        }

        /// Gives its memory back, which lies outside the heap, when it is not closed. Without effect after that.
        void end() {
            def.end();
        }
    }
}
