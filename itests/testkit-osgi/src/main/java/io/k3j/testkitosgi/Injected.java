package io.k3j.testkitosgi;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A field that receives a service of its type before the test method runs; waits as long as all tests do.
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Injected {
    /// A filter in LDAP's form, or nothing.
    String value() default "";
}
