package io.k3j.clientapi;

import io.k3j.model.Gvr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// A refusal of the API: a Kubernetes `Status` as an exception. See
/// <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/>.
public final class ApiFault extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int code;
    private final String reason;
    private final transient Struct details;

    /// A fault with its HTTP code, reason word, message and `details` (may be empty).
    public ApiFault(int code, String reason, String message, Struct details) {
        super(message, null, false, false);
        this.code = code;
        this.reason = reason;
        this.details = details;
    }

    /// 404: no such object.
    public static ApiFault notFound(Gvr resource, String name) {
        return new ApiFault(404, "NotFound", resource.qualified() + " \"" + name + "\" not found",
                about(resource, name));
    }

    /// 409: the name is taken.
    public static ApiFault alreadyExists(Gvr resource, String name) {
        return new ApiFault(409, "AlreadyExists", resource.qualified() + " \"" + name + "\" already exists",
                about(resource, name));
    }

    /// 409: somebody else was faster, or a precondition does not hold.
    public static ApiFault conflict(Gvr resource, String name, String why) {
        return new ApiFault(409, "Conflict",
                "Operation cannot be fulfilled on " + resource.qualified() + " \"" + name + "\": " + why,
                about(resource, name));
    }

    /// 403: not allowed.
    public static ApiFault forbidden(Gvr resource, String name, String why) {
        String what = name.isEmpty() ? resource.qualified() : resource.qualified() + " \"" + name + "\"";
        return new ApiFault(403, "Forbidden", what + " is forbidden: " + why, about(resource, name));
    }

    /// 400: the request makes no sense.
    public static ApiFault badRequest(String message) {
        return new ApiFault(400, "BadRequest", message, Struct.EMPTY);
    }

    /// 503: come back later.
    public static ApiFault unavailable(String message) {
        return new ApiFault(503, "ServiceUnavailable", message, Struct.of("retryAfterSeconds", 1));
    }

    /// 500: our mistake.
    public static ApiFault internal(String message) {
        return new ApiFault(500, "InternalError", "Internal error occurred: " + message,
                Struct.of("causes", Seq.of(Struct.of("message", message))));
    }

    private static Struct about(Gvr resource, String name) {
        return Struct.builder().putUnlessEmpty("name", name).putUnlessEmpty("group", resource.group())
                .put("kind", resource.resource()).build();
    }

    /// The HTTP status code.
    public int code() {
        return code;
    }

    /// The machine-readable word, as `NotFound`.
    public String reason() {
        return reason;
    }

    /// Whether something new was refused because its namespace is going: another try is useless.
    public boolean namespaceTerminating() {
        return code == 403 && !details.seq("causes").find("reason", "NamespaceTerminating").isEmpty();
    }

    /// `details` of the status, possibly empty.
    public Struct details() {
        return details;
    }

    /// The whole `Status` object.
    public Struct status() {
        Struct.Builder b = Struct.builder().put("kind", "Status").put("apiVersion", "v1").put("metadata", Struct.EMPTY)
                .put("status", "Failure").put("message", getMessage()).putUnlessEmpty("reason", reason);
        // kubectl shows the message of an Invalid only when there are details, be they empty
        Struct.Builder told = reason.equals("Invalid") ? b.put("details", details)
                : b.putUnlessEmpty("details", details);
        return told.put("code", code).build();
    }
}
