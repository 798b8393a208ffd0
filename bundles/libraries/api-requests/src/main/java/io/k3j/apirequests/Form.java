package io.k3j.apirequests;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// In which form an answer goes out, as negotiated from `Accept`: "Alternate representations of resources" and
/// "Receiving resources as Tables" of Kubernetes API Concepts.
/// @param type the encoding
/// @param as what kind of answer
/// @param version `v1` or `v1beta1` of a Table or PartialObjectMetadata, or of the discovery form
/// @param pretty with line breaks and blanks; only JSON knows it
public record Form(Type type, As as, String version, boolean pretty) {
    /// Plain JSON, for answers before anything was negotiated.
    static final Form JSON = new Form(Type.JSON, As.OBJECT, "v1", false);

    /// The same without line breaks: a watch in JSON is one line for each event.
    public Form compact() {
        return pretty ? new Form(type, as, version, false) : this;
    }

    /// Media types of answers. YAML can be listed and got, not watched.
    public enum Type {
        JSON("json"), YAML("yaml"), PROTOBUF("vnd.kubernetes.protobuf"), CBOR("cbor");

        private final String name;

        Type(String subtype) {
            this.name = "application/" + subtype;
        }

        /// The media type's name.
        public String mediaType() {
            return name;
        }
    }

    /// What is asked for.
    public enum As {
        /// The object or list itself.
        OBJECT,
        /// A Table.
        TABLE,
        /// Metadata only.
        METADATA,
        /// The aggregated discovery document.
        DISCOVERY
    }

    /// What this endpoint can give beside plain JSON and YAML.
    /// @param protobuf whether the kind has a protobuf form: custom resources have none
    /// @param table whether rows can be made of what it answers
    /// @param metadata whether it answers objects, whose metadata can be told alone
    /// @param discovery whether it is an endpoint of aggregated discovery
    /// @param cbor whether CBOR is served, which is behind the gate `CBORServingAndStorage`
    public record Offer(boolean protobuf, boolean table, boolean metadata, boolean discovery, boolean cbor) {
        /// Nothing more.
        public static final Offer PLAIN = new Offer(false, false, false, false, false);
    }

    /// The best form for a client: the heaviest clause that this endpoint can serve, the first of several equal ones.
    /// Clauses that cannot be served are passed over, so that kubectl may ask for a Table first and take the object
    /// else.
    ///
    /// @param accept the header, empty for none; parameters `as`, `g` and `v` ask for a form
    /// @param pretty what the query or the client's name says
    /// @throws ApiFault 406 when none of the clauses can be served; a weight of 0 is a refusal
    static Form negotiate(String accept, Offer offer, boolean pretty) {
        if (accept.isBlank()) {
            return new Form(Type.JSON, As.OBJECT, "v1", pretty);
        }
        @Nullable
        Form best = null;
        double bestWeight = 0;
        for (String clause : accept.split(",")) {
            Clause c = Clause.parse(clause);
            if (c.weight > bestWeight) {
                Form f = c.form(offer, pretty);
                best = f == null ? best : f;
                bestWeight = f == null ? bestWeight : c.weight;
            }
        }
        if (best == null) {
            throw new ApiFault(406, "NotAcceptable", "only the following media types are accepted: "
                    + "application/json, application/yaml" + (offer.protobuf ? ", " + Type.PROTOBUF.name : "")
                    + (offer.cbor ? ", " + Type.CBOR.name : ""),
                    Struct.EMPTY);
        }
        return best;
    }

    /// One media range of an Accept header, as `application/json;as=Table;g=meta.k8s.io;v=v1;q=0.9`.
    private static final class Clause {
        private String range = "";
        private String as = "";
        private String group = "";
        private String version = "";
        private double weight = 1;

        static Clause parse(String text) {
            Clause c = new Clause();
            for (String part : text.split(";")) {
                String p = part.strip();
                int eq = p.indexOf('=');
                if (eq < 0) {
                    c.range = c.range.isEmpty() ? p.toLowerCase(Locale.ROOT) : c.range;
                } else {
                    c.set(p.substring(0, eq).strip(), p.substring(eq + 1).strip());
                }
            }
            return c;
        }

        private void set(String name, String value) {
            switch (name) {
                case "as" -> as = value;
                case "g" -> group = value;
                case "v" -> version = value;
                case "q" -> weight = weight(value);
                default -> {
                }
            }
        }

        /// A weight that cannot be read counts as none given.
        private static double weight(String value) {
            try {
                return Double.parseDouble(value);
            } catch (NumberFormatException e) {
                return 1;
            }
        }

        /// The form that this clause asks for; null when this endpoint does not have it. Ranges with a star mean JSON.
        private @Nullable Form form(Offer offer, boolean pretty) {
            @Nullable
            Type type = switch (range) {
                case "application/json", "application/*", "*/*" -> Type.JSON;
                case "application/yaml" -> Type.YAML;
                case "application/vnd.kubernetes.protobuf" -> offer.protobuf ? Type.PROTOBUF : null;
                case "application/cbor" -> offer.cbor ? Type.CBOR : null;
                default -> null;
            };
            if (type == null) {
                return null;
            }
            if (as.isEmpty()) {
                return new Form(type, As.OBJECT, "v1", pretty);
            }
            boolean meta = group.equals("meta.k8s.io") && (version.equals("v1") || version.equals("v1beta1"));
            return switch (as) {
                case "Table" -> meta && offer.table && type != Type.PROTOBUF
                        ? new Form(type, As.TABLE, version, pretty) : null;
                case "PartialObjectMetadata", "PartialObjectMetadataList" -> meta && offer.metadata
                        ? new Form(type, As.METADATA, version, pretty) : null;
                case "APIGroupDiscoveryList" -> offer.discovery && group.equals("apidiscovery.k8s.io")
                        && (version.equals("v2") || version.equals("v2beta1"))
                        && (type == Type.JSON || type == Type.PROTOBUF)
                                ? new Form(type, As.DISCOVERY, version, pretty) : null;
                default -> null;
            };
        }
    }
}
