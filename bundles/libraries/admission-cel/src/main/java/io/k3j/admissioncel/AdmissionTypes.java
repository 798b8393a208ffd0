package io.k3j.admissioncel;

import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelType;
import io.k3j.celapi.CelType.Fields;
import io.k3j.celapi.CelType.ListOf;
import io.k3j.celapi.CelType.MapOf;
import io.k3j.celapi.CelType.Simple;
import io.k3j.model.Gvk;
import io.k3j.schema.Schemas;
import java.util.LinkedHashMap;
import java.util.Map;

/// The variables of expressions and their types. Pure; any thread.
public final class AdmissionTypes {
    /// The new object, null where there is none.
    public static final String OBJECT = "object";
    /// The object as it is, null where there is none.
    public static final String OLD_OBJECT = "oldObject";
    /// What a binding's `paramRef` refers to, maybe null.
    public static final String PARAMS = "params";
    static final String NAMESPACE = "namespaceObject";
    static final String REQUEST = "request";
    static final String VARIABLES = "variables";
    static final String AUTHORIZER = "authorizer";
    static final String RESOURCE_CHECK = "authorizer.requestResource";
    private static final Fields KIND = texts("kubernetes.GroupVersionKind", "group", "version", "kind");
    private static final Fields RESOURCE = texts("kubernetes.GroupVersionResource", "group", "version", "resource");

    private AdmissionTypes() {
    }

    /// All but `variables`.
    /// @param params whether there are parameters (`paramKind`)
    /// @param authorizer whether the expression may ask who may do what; a message may not
    public static CelDeclarations declared(boolean params, boolean authorizer) {
        CelDeclarations all = CelDeclarations.of(Map.of()).with(OBJECT, Simple.DYN).with(OLD_OBJECT, Simple.DYN)
                .with(NAMESPACE, namespace()).with(REQUEST, request());
        all = params ? all.with(PARAMS, Simple.DYN) : all;
        return authorizer ? all.with(AUTHORIZER, Simple.AUTHORIZER).with(RESOURCE_CHECK, Simple.RESOURCE_CHECK) : all;
    }

    private static Fields texts(String name, String... fields) {
        Map<String, CelType> all = new LinkedHashMap<>();
        for (String field : fields) {
            all.put(field, Simple.STRING);
        }
        return new Fields(name, all);
    }

    /// As `request` of an AdmissionReview, without uid and objects.
    private static Fields request() {
        Map<String, CelType> user = new LinkedHashMap<>();
        user.put("username", Simple.STRING);
        user.put("uid", Simple.STRING);
        user.put("groups", new ListOf(Simple.STRING));
        user.put("extra", new MapOf(new ListOf(Simple.STRING)));
        Map<String, CelType> all = new LinkedHashMap<>();
        all.put("kind", KIND);
        all.put("resource", RESOURCE);
        all.put("subResource", Simple.STRING);
        all.put("requestKind", KIND);
        all.put("requestResource", RESOURCE);
        all.put("requestSubResource", Simple.STRING);
        all.put("name", Simple.STRING);
        all.put("namespace", Simple.STRING);
        all.put("operation", Simple.STRING);
        all.put("userInfo", new Fields("kubernetes.UserInfo", user));
        all.put("dryRun", Simple.BOOL);
        all.put("options", Simple.DYN);
        return new Fields("kubernetes.AdmissionRequest", all);
    }

    /// The schema's own type, whose times are times. What upstream leaves out is not in the value.
    private static CelType namespace() {
        return new Schemas().shape(Gvk.of("v1", "Namespace"))
                .<CelType>map(s -> new CelType.Shaped("kubernetes.Namespace", s)).orElse(Simple.DYN);
    }
}
