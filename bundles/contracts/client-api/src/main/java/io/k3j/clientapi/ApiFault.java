package io.k3j.clientapi;

import io.k3j.model.Gvr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// A refusal of the API: a Kubernetes `Status` as an exception. See
/// <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/>.
///
/// The methods that make one cut names and reasons which are far longer than anybody reads: they may be of a request
/// that was made to be repeated in its answer.
public final class ApiFault extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_NAME = 4 << 10;
    private static final int LONGEST_REASON = 64 << 10;
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

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "...";
    }

    private static ApiFault about(Gvr resource, String name, int code, String reason, String message) {
        return new ApiFault(code, reason, cut(message, LONGEST_REASON),
                Struct.builder().putUnlessEmpty("name", cut(name, LONGEST_NAME))
                        .putUnlessEmpty("group", resource.group()).put("kind", resource.resource()).build());
    }

    private static String quoted(Gvr resource, String name) {
        return resource.qualified() + " \"" + cut(name, LONGEST_NAME) + "\"";
    }

    /// 404: no such object.
    public static ApiFault notFound(Gvr resource, String name) {
        return about(resource, name, 404, "NotFound", quoted(resource, name) + " not found");
    }

    /// 409: the name is taken.
    public static ApiFault alreadyExists(Gvr resource, String name) {
        return about(resource, name, 409, "AlreadyExists", quoted(resource, name) + " already exists");
    }

    /// 409: somebody else was faster, or a precondition does not hold.
    public static ApiFault conflict(Gvr resource, String name, String why) {
        return about(resource, name, 409, "Conflict",
                "Operation cannot be fulfilled on " + quoted(resource, name) + ": " + why);
    }

    /// 403: not allowed.
    public static ApiFault forbidden(Gvr resource, String name, String why) {
        String what = name.isEmpty() ? resource.qualified() : quoted(resource, name);
        return about(resource, name, 403, "Forbidden", what + " is forbidden: " + why);
    }

    /// 400: the request makes no sense.
    public static ApiFault badRequest(String message) {
        return new ApiFault(400, "BadRequest", cut(message, LONGEST_REASON), Struct.EMPTY);
    }

    /// 503: come back later.
    public static ApiFault unavailable(String message) {
        return new ApiFault(503, "ServiceUnavailable", message, Struct.of("retryAfterSeconds", 1));
    }

    /// 500: our mistake.
    public static ApiFault internal(String message) {
        String told = cut(message, LONGEST_REASON);
        return new ApiFault(500, "InternalError", "Internal error occurred: " + told,
                Struct.of("causes", Seq.of(Struct.of("message", told))));
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
