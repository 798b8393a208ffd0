package io.k3j.schemagen;

import com.google.gson.annotations.SerializedName;
import io.kubernetes.client.common.KubernetesListObject;
import io.kubernetes.client.common.KubernetesObject;
import io.kubernetes.client.openapi.models.V1Pod;
import io.swagger.annotations.ApiModel;
import io.swagger.annotations.ApiModelProperty;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The model classes of the Java client, found by the names of definitions.
final class ModelClasses {
    private static final String PACKAGE = V1Pod.class.getPackageName() + ".";

    /// One JSON field of a class.
    record Member(String name, Type type, String description, boolean required) {
    }

    /// The class of a definition: `<Group><Version><Name>` where names collide, else `<Version><Name>`.
    Optional<Class<?>> find(String definition) {
        List<String> parts = List.of(definition.split("\\."));
        int n = parts.size();
        String name = parts.get(n - 1);
        String version = parts.get(n - 2);
        String group = parts.get(n - 3);
        if (version.equals("version")) {
            return load("VersionInfo");
        }
        return load(capital(group) + capital(version) + name).or(() -> load(capital(version) + name));
    }

    private static Optional<Class<?>> load(String simple) {
        try {
            return Optional.of(Class.forName(PACKAGE + simple, false, ModelClasses.class.getClassLoader()));
        } catch (ClassNotFoundException | NoClassDefFoundError e) {
            return Optional.empty();
        }
    }

    private static String capital(String s) {
        return Character.toUpperCase(s.charAt(0)) + s.substring(1);
    }

    static String description(Class<?> type) {
        ApiModel model = type.getAnnotation(ApiModel.class);
        return model == null ? "" : model.description();
    }

    /// Whether it has the metadata of an object or of a list.
    static boolean isKind(Class<?> type) {
        return KubernetesObject.class.isAssignableFrom(type) || KubernetesListObject.class.isAssignableFrom(type);
    }

    static List<Member> members(Class<?> type) {
        List<Member> members = new ArrayList<>();
        for (Field f : type.getDeclaredFields()) {
            SerializedName name = f.getAnnotation(SerializedName.class);
            if (name != null) {
                ApiModelProperty said = said(type, f);
                members.add(new Member(name.value(), f.getGenericType(), said == null ? "" : said.value(),
                        said != null && said.required()));
            }
        }
        return members;
    }

    private static @org.jspecify.annotations.Nullable ApiModelProperty said(Class<?> type, Field field) {
        for (Method m : type.getDeclaredMethods()) {
            if (m.getParameterCount() == 0 && m.getName().equalsIgnoreCase("get" + field.getName())) {
                return m.getAnnotation(ApiModelProperty.class);
            }
        }
        return null;
    }
}
