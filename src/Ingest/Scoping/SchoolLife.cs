namespace ThreatWatch.Ingest.Scoping;

/// <summary>Words of school life, folded: a mascot beside one of them means the school and not the animal or another team.</summary>
internal static class SchoolLife
{
    public static IReadOnlyList<string> Words { get; } =
    [
        .. """
        school schools highschool campus class classes classroom classmates teacher teachers principal counselor counsellor coach
        student students freshman freshmen sophomore sophomores junior juniors senior seniors grade graders gym cafeteria lunch lunchroom
        hallway hallways locker lockers bus homecoming prom graduation yearbook detention suspended expelled recess assembly pep rally
        homeroom library bell practice varsity jv band bleachers stadium tryouts playoffs football basketball volleyball soccer baseball
        game games district board pta hs middle elementary lockdown evacuation
        escuela colegio secundaria preparatoria clase clases salon maestro maestra maestros director directora estudiante estudiantes
        alumno alumnos gimnasio cafeteria pasillo recreo graduacion partido
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Distinct(),
    ];
}
