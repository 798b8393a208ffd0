package io.k3j.apirequests;

import io.k3j.apiserverapi.Audit.Level;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Makes `Event`s of `audit.k8s.io/v1`, with their fields in upstream's order. See
/// <https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/#audit-k8s-io-v1-Event>.
public final class AuditEvents {
    /// Upstream's bound of a user agent, in characters; here of the audit id as well, which is the client's too.
    static final int LONGEST_HEADER = 1024;
    static final Facts NOBODY = new Facts("", "", "", List.of(), Attributes.path("", ""), null, Instant.EPOCH);
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
            .withZone(ZoneOffset.UTC);

    private AuditEvents() {
    }

    /// What is known of a request from its beginning.
    /// @param auditId names the request in all its events and in its answer
    /// @param uri path and query as they were sent
    /// @param sourceIps first the one furthest away
    /// @param what as authorization sees it
    /// @param caller before impersonation; null when nobody could be made out
    /// @param received when it came
    public record Facts(String auditId, String uri, String userAgent, List<String> sourceIps, Attributes what,
            @Nullable Caller caller, Instant received) {
        /// Of a request over HTTP.
        public static Facts of(Request request, @Nullable Caller caller, Instant received) {
            Exchange exchange = request.exchange();
            String uri = exchange.path() + (exchange.query().isEmpty() ? "" : "?" + exchange.query());
            return new Facts(bounded(request.auditId()), uri, bounded(request.userAgent()), SourceIps.of(exchange),
                    request.attributes(), caller, received);
        }

        /// Of a call of a component of this process, which is what a request over HTTP would be.
        public static Facts inProcess(Caller caller, Attributes what, String uri, Instant received) {
            return new Facts(newAuditId(), uri, "k3s (in-process)", List.of("127.0.0.1"), what, caller,
                    received);
        }

        private static String bounded(String header) {
            return header.length() <= LONGEST_HEADER ? header
                    : header.substring(0, LONGEST_HEADER) + "...TRUNCATED";
        }

        /// Whether an answer takes as long as somebody listens, and its beginning is a stage of its own.
        boolean longRunning() {
            return RequestInfo.longRunning(what.verb(), what.subresource());
        }
    }

    /// A random UUID (version 4). It names a request and keeps no secret, so it needs no secure randomness,
    /// which all requests would draw from one lock.
    static String newAuditId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = random.nextLong() & ~0xf000L | 0x4000L;
        long low = random.nextLong() & ~(3L << 62) | 1L << 63;
        return new UUID(high, low).toString();
    }

    /// The event of a stage.
    static Struct event(AuditContext of, String stage, Instant at) {
        Facts facts = of.facts();
        Struct.Builder b = Struct.builder().put("kind", "Event").put("apiVersion", "audit.k8s.io/v1")
                .put("level", name(of.level())).put("auditID", facts.auditId).put("stage", stage)
                .put("requestURI", facts.uri).put("verb", facts.what.verb())
                .put("user", facts.caller == null ? Struct.EMPTY : user(facts.caller));
        Caller as = of.impersonated();
        if (as != null) {
            b.put("impersonatedUser", user(as));
        }
        if (!of.constraint().isEmpty()) {
            b.put("authenticationMetadata", Struct.of("impersonationConstraint", of.constraint()));
        }
        b.putUnlessEmpty("sourceIPs", Seq.copyOf(facts.sourceIps)).putUnlessEmpty("userAgent", facts.userAgent);
        if (facts.what.path().isEmpty()) {
            b.put("objectRef", reference(facts.what, of.reference()));
        }
        of.outcome().forEach(b::put);
        return b.put("requestReceivedTimestamp", MICROS.format(facts.received))
                .put("stageTimestamp", MICROS.format(at)).putUnlessEmpty("annotations", of.annotations()).build();
    }

    private static String name(Level level) {
        return switch (level) {
            case NONE -> "None";
            case METADATA -> "Metadata";
            case REQUEST -> "Request";
            case REQUEST_RESPONSE -> "RequestResponse";
        };
    }

    private static Struct user(Caller who) {
        Struct.Builder extra = Struct.builder();
        new TreeMap<>(who.extra()).forEach((key, values) -> extra.put(key, Seq.copyOf(values)));
        return Struct.builder().putUnlessEmpty("username", who.user()).putUnlessEmpty("uid", who.uid())
                .putUnlessEmpty("groups", Seq.copyOf(who.groups())).putUnlessEmpty("extra", extra.build()).build();
    }

    /// @param said by the body, for what the path leaves open
    private static Struct reference(Attributes what, Struct said) {
        return Struct.builder().putUnlessEmpty("resource", what.resource())
                .putUnlessEmpty("namespace", either(what.namespace(), said.text("namespace")))
                .putUnlessEmpty("name", either(what.name(), said.text("name")))
                .putUnlessEmpty("uid", said.text("uid")).putUnlessEmpty("apiGroup", what.group())
                .putUnlessEmpty("apiVersion", what.version())
                .putUnlessEmpty("resourceVersion", said.text("resourceVersion"))
                .putUnlessEmpty("subresource", what.subresource()).build();
    }

    private static String either(String first, String second) {
        return first.isEmpty() ? second : first;
    }

    /// The bounded fields of a `Status`.
    static Struct status(Struct whole) {
        Struct.Builder b = Struct.builder().put("metadata", Struct.EMPTY);
        for (String field : List.of("status", "message", "reason", "details", "code")) {
            Object value = whole.get(field);
            if (value != null) {
                b.put(field, value);
            }
        }
        return b.build();
    }

    /// A body without what gives its bearer somebody's rights: no policy can want that in a log. Found by what was
    /// asked for and by the kind, since a body need not name its kind and a path may lead elsewhere.
    static Struct withoutTokens(Attributes what, Struct object) {
        String kind = object.text("kind");
        if (kind.equals("TokenRequest") || what.subresource().equals("token")) {
            return object.withoutAt("status", "token");
        }
        return kind.equals("TokenReview") || what.resource().equals("tokenreviews")
                ? object.withoutAt("spec", "token") : object;
    }

    /// An object, a list or a Table without the `managedFields` of all objects in it.
    static Struct withoutManagedFields(Struct object) {
        Struct plain = object.withoutAt("metadata", "managedFields");
        if (plain.get("items") instanceof Seq items) {
            return plain.with("items", items.mapped(item -> item.withoutAt("metadata", "managedFields")));
        }
        if (plain.text("kind").equals("Table") && plain.get("rows") instanceof Seq rows) {
            return plain.with("rows", rows.mapped(row -> row.withoutAt("object", "metadata", "managedFields")));
        }
        return plain;
    }
}
